using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Gateway;

/// <summary>Routers for a request, best first; when there is none, the reason.</summary>
internal sealed record RankedRouters(IReadOnlyList<RouterCandidate> Routers, Refusal? None);

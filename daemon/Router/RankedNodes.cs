using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>Nodes for a request, best first; when there is none, the reason.</summary>
internal sealed record RankedNodes(IReadOnlyList<NodeCandidate> Candidates, Refusal? None);

using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>A node considered for a request: for which model, at which price, and why it stands where it stands.</summary>
internal sealed record NodeCandidate(NodeEntry Node, string ModelId, Pricing Pricing, long PriceMsat, double Score, string Why);

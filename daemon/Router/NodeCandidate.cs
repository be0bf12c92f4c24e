using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>A node considered for a request: for which model, how many tokens it would write at most, at which price, and how it stands; lower is better. What it has in flight was read once, so that the order holds.</summary>
internal sealed record NodeCandidate(NodeEntry Node, string ModelId, Pricing Pricing, long MaxTokens, long PriceMsat, double Score, int InFlight);

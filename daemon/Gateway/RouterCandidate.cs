using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Gateway;

/// <summary>A router with its place among others: lower is better, and <see cref="Why"/> says of what the score is made.</summary>
internal sealed record RouterCandidate(KnownRouter Router, RouterFacts Facts, double Score, string Why);

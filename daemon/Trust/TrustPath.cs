using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>One way by which trust reaches a key: the keys it passes, a root first, and the points it brings.</summary>
internal sealed record TrustPath(IReadOnlyList<Hex32> Via, double Points);

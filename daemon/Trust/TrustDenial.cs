using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>A key that mutes or reports another, and the points that costs; a root's mute costs all.</summary>
internal sealed record TrustDenial(Hex32 By, bool Reports, double Points);

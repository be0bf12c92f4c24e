using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Store;

/// <summary>How a peer has served this daemon: good and bad answers, both as they weighed at <see cref="AtMs"/>.</summary>
internal sealed record ExperienceRow(Hex32 Peer, double Good, double Bad, long AtMs);

using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Store;

/// <summary>The SHA-256 of a secret that opens a key, until a time (ms) if it was replaced by another.</summary>
internal sealed record ApiSecretRow(Hex32 Hash, string KeyId, long? UntilMs);

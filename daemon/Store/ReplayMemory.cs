namespace FedAi.Daemon.Store;

/// <summary>What the store remembers of earlier runs: the floor in ms (DECISIONS E8), whether the last stop kept every nonce, and the nonces.</summary>
internal sealed record ReplayMemory(long FloorMs, bool WasClean, IReadOnlyList<ReplayNonce> Nonces);

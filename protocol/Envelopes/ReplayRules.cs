namespace FedAi.Protocol.Envelopes;

/// <summary>The clock window and the replay floor (WIRE 3.1, DECISIONS E8). All times in ms since 1970.</summary>
public static class ReplayRules
{
    /// <summary>How far a timestamp may be from this daemon's clock, either way.</summary>
    public const long WindowMs = 300_000;

    /// <summary>How far ahead the durable floor is raised: one sync in ten seconds, and at most ten seconds of refusals after a crash.</summary>
    public const long FloorLeadMs = 10_000;

    public static bool InWindow(double ts, long nowMs) => Math.Abs(nowMs - ts) <= WindowMs;

    /// <summary>What to make durable first, so that after a crash everything up to the floor can be refused and nothing passes twice.</summary>
    public static ReplayDurability Durability(double ts, long floorMs, long nowMs) =>
        ts <= floorMs ? ReplayDurability.Memory
        : ts <= nowMs + FloorLeadMs ? ReplayDurability.RaiseFloor
        : ReplayDurability.CommitNonce;
}

using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>
/// A peer that was stopped hard refuses what it may have taken already: all that was signed up to its floor, which is ten seconds ahead at most
/// (DECISIONS E8). Signed for the moment after, the same message cannot have been there before, and nobody has to wait. Pure.
/// </summary>
internal static class AfterFloor
{
    /// <summary>Whoever says that it takes longer means something else.</summary>
    private const int MostSeconds = 15;

    /// <summary>When to sign anew, in ms since 1970; null where the refusal is another one.</summary>
    public static long? SignAtMs(Refusal? refusal, long nowMs) =>
        refusal is { Code: ErrorCode.ReplayFloor, RetryAfterSeconds: > 0 and <= MostSeconds and var seconds } ? nowMs + seconds * 1000L : null;
}

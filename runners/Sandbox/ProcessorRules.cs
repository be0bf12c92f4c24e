namespace FedAi.Runners.Sandbox;

/// <summary>Pure: the processor time that a runner may use. Control groups would need rights that a user does not have; so it is watched and ended.</summary>
internal static class ProcessorRules
{
    /// <summary>Compiling its own code after the start, a step that is still running when its request has gone.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>The most in a span of time: its threads and one more for its pipe while it has work, next to nothing while it has none.</summary>
    public static TimeSpan Most(TimeSpan elapsed, bool busy, int threads) => Grace + elapsed * (busy ? threads + 1 : 0.05);
}

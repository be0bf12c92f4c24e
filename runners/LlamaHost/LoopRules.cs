namespace FedAi.LlamaHost;

/// <summary>Pure: how much of a prompt goes into one step, and when text goes to the parent.</summary>
internal static class LoopRules
{
    /// <summary>A prompt begins with this many tokens per step.</summary>
    public const int FirstChunk = 64;

    private static readonly TimeSpan ShortStep = TimeSpan.FromMilliseconds(50), LongStep = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Steps that read prompts are kept between 50 and 200 ms: longer ones make running answers stutter and cancelling
    /// slow, shorter ones waste time on small batches. Where a step without a prompt (<paramref name="alone"/>, zero while unknown) takes more than half
    /// of that, twice its time: going through all weights for ever fewer tokens would make reading take for ever.
    /// </summary>
    public static int NextChunk(int chunk, int mostTokens, TimeSpan step, TimeSpan alone)
    {
        var limit = TimeSpan.FromTicks(Math.Max(LongStep.Ticks, 2 * alone.Ticks));
        return step > limit ? Math.Max(1, (int)(chunk * (limit / step)))
            : step < ShortStep || step < alone * 1.5 ? Math.Min(mostTokens, chunk * 2)
            : chunk;
    }

    /// <summary>Text waits at most 2 ms: it goes when it waited so long, or would have by the end of the next step.</summary>
    public static bool IsTimeToFlush(TimeSpan sinceFlush, TimeSpan step) => sinceFlush + step >= TimeSpan.FromMilliseconds(2);

    /// <summary>A parent that hears nothing for long takes this process for stuck; a second of silence is broken.</summary>
    public static bool IsTimeToShowLife(TimeSpan sinceFlush) => sinceFlush >= TimeSpan.FromSeconds(1);
}

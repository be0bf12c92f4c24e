namespace FedAi.LlamaHost;

/// <summary>
/// Pure: which sequence a request gets, and how much of what that sequence remembers serves it. Only within one cache key:
/// a reader who measures the time to the first token would else learn what others asked (DECISIONS E20).
/// </summary>
internal static class ReuseRules
{
    /// <summary>The best of the free sequences: one that remembers most of this prompt, else an empty one, else the one not used for longest. Null: none is free.</summary>
    public static (int Sequence, int Tokens)? Choose(ReadOnlySpan<bool> busy, ReadOnlySpan<KeptSequence?> kept, string? cacheKey, ReadOnlySpan<int> prompt)
    {
        (int Sequence, int Tokens, long Turn)? best = null;
        for (var i = 0; i < busy.Length; i++)
        {
            if (busy[i]) continue;
            var tokens = kept[i] is { } memory && memory.CacheKey == cacheKey ? Common(memory.Tokens, prompt) : 0;
            var turn = kept[i]?.Turn ?? long.MinValue;
            if (best is not { } other || tokens > other.Tokens || (tokens == other.Tokens && turn < other.Turn)) best = (i, tokens, turn);
        }
        return best is { } chosen ? (chosen.Sequence, chosen.Tokens) : null;
    }

    /// <summary>One token at least has to be read: what follows the prompt is predicted from it.</summary>
    private static int Common(ReadOnlySpan<int> remembered, ReadOnlySpan<int> prompt) => remembered.CommonPrefixLength(prompt[..^1]);
}

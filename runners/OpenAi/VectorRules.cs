namespace FedAi.Runners.OpenAi;

/// <summary>Vectors of several texts as they travel: one after another, in the order of the texts, each of length 1 (DECISIONS E16). Pure.</summary>
internal static class VectorRules
{
    private const int MaxDimensions = 65_536;

    /// <summary>All numbers in a row; null when there is not exactly one vector of the same size for each text, or one that has no direction.</summary>
    public static float[]? Join(UpstreamVectors answer, int texts)
    {
        if (answer.Data is not { } data || data.Count != texts || data[0]?.Embedding is not { Length: > 0 and <= MaxDimensions } first) return null;
        var all = new float[(long)texts * first.Length];
        var seen = new bool[texts];
        foreach (var vector in data)
        {
            if (vector is not { Embedding: { } numbers, Index: >= 0 and var index } || index >= texts || seen[index] || numbers.Length != first.Length) return null;
            seen[index] = true;
            var length = Math.Sqrt(numbers.Sum(number => (double)number * number));
            if (!(length > 0 && double.IsFinite(length))) return null;
            for (var i = 0; i < numbers.Length; i++) all[(index * numbers.Length) + i] = (float)(numbers[i] / length);
        }

        return all;
    }
}

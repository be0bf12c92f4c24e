using System.Globalization;

namespace FedAi.Runners.Roles;

/// <summary>
/// Cuts a text into pieces for a model. It cuts where a reader would: between paragraphs, else lines, sentences, words; else between
/// what is seen as one character. Without overlap the pieces together are the text.
/// </summary>
internal static class TextChunks
{
    private static readonly string[] Ends = ["\n\n", "\n", ". ", "! ", "? ", " "];

    public static IReadOnlyList<string> Of(string text, int maxChars, int overlapChars)
    {
        var chunks = new List<string>();
        var start = 0;
        while (text.Length - start > maxChars)
        {
            var length = Length(text.AsSpan(start, maxChars), text.AsSpan(start));
            chunks.Add(text.Substring(start, length));
            // Always further than before, whatever the overlap.
            start = Math.Max(start + 1, Whole(text, start + length - overlapChars, start + length));
        }

        if (start < text.Length) chunks.Add(text[start..]);
        return chunks;
    }

    private static int Length(ReadOnlySpan<char> window, ReadOnlySpan<char> all)
    {
        foreach (var end in Ends)
        {
            // A piece of less than half the size is too dear a price for a nice end.
            var at = window.LastIndexOf(end);
            if (at >= window.Length / 2) return at + end.Length;
        }

        var length = 0;
        while (length < window.Length)
        {
            var next = StringInfo.GetNextTextElementLength(all[length..]);
            if (length + next > window.Length) break;
            length += next;
        }

        if (length > 0) return length;
        // One endless pile of accents.
        return char.IsHighSurrogate(window[^1]) ? window.Length - 1 : window.Length;
    }

    /// <summary>Where an overlap may begin: not within a character of two halves.</summary>
    private static int Whole(string text, int from, int otherwise) =>
        from >= otherwise ? otherwise : char.IsLowSurrogate(text[from]) ? from + 1 : from;
}

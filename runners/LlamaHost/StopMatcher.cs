namespace FedAi.LlamaHost;

/// <summary>
/// Finds stop strings in text that comes in pieces. Text that may still turn out to be the beginning of a stop string is
/// held back; everything before it may go.
/// </summary>
internal sealed class StopMatcher(IReadOnlyList<string> stops)
{
    private char[] held = new char[256];
    private int length;

    /// <summary>A stop string came; nothing may follow.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes the next piece and appends what may go to <paramref name="output"/>.</summary>
    public void Push(ReadOnlySpan<char> piece, List<char> output)
    {
        if (Stopped) return;
        if (stops.Count == 0)
        {
            output.AddRange(piece);
            return;
        }
        Hold(piece);
        var text = held.AsSpan(0, length);
        var first = FirstStop(text);
        Stopped = first >= 0;
        var free = Stopped ? first : length - LongestBeginning(text);
        output.AddRange(text[..free]);
        text[free..].CopyTo(held);
        length -= free;
    }

    /// <summary>No more text comes: what was held back was no stop string.</summary>
    public void Finish(List<char> output)
    {
        if (!Stopped) output.AddRange(held.AsSpan(0, length));
        length = 0;
    }

    private void Hold(ReadOnlySpan<char> piece)
    {
        if (length + piece.Length > held.Length) Array.Resize(ref held, Math.Max(held.Length * 2, length + piece.Length));
        piece.CopyTo(held.AsSpan(length));
        length += piece.Length;
    }

    /// <summary>Where the stop string begins that was complete first, as if the text had come character by character; -1: none.</summary>
    private int FirstStop(ReadOnlySpan<char> text)
    {
        var (begins, ends) = (-1, int.MaxValue);
        foreach (var stop in stops)
        {
            var index = text.IndexOf(stop, StringComparison.Ordinal);
            if (index < 0 || index + stop.Length > ends || (index + stop.Length == ends && index > begins)) continue;
            (begins, ends) = (index, index + stop.Length);
        }
        return begins;
    }

    /// <summary>How many characters at the end of the text are the beginning of a stop string.</summary>
    private int LongestBeginning(ReadOnlySpan<char> text)
    {
        var longest = 0;
        foreach (var stop in stops)
            for (var count = Math.Min(stop.Length - 1, text.Length); count > longest; count--)
                if (text[^count..].SequenceEqual(stop.AsSpan(0, count)))
                    longest = count;
        return longest;
    }
}

using System.Text;

namespace FedAi.LlamaHost;

/// <summary>Turns the bytes of tokens into text that may be shown: whole characters, nothing of a stop string, nothing after it.</summary>
internal sealed class AnswerText(IReadOnlyList<string> stops)
{
    private readonly Decoder decoder = new UTF8Encoding(false).GetDecoder();
    private readonly StopMatcher matcher = new(stops);
    private readonly List<char> pending = new(128);
    private bool spoken;
    private char[] decoded = new char[256];

    /// <summary>Text to show that was not taken yet.</summary>
    public ReadOnlySpan<char> Pending => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pending);

    /// <summary>The first text of the answer waits: somebody looks at an empty screen.</summary>
    public bool FirstWaits => !spoken && pending.Count > 0;

    /// <summary>Tokens since text was last taken.</summary>
    public int PendingTokens { get; private set; }

    public bool Stopped => matcher.Stopped;

    /// <summary>Adds one token's bytes, which may begin or end inside a character.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        PendingTokens++;
        var most = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        if (most > decoded.Length) decoded = new char[most];
        var count = decoder.GetChars(bytes, decoded, flush: false);
        matcher.Push(decoded.AsSpan(0, count), pending);
    }

    /// <summary>Lets go what was held back for a stop string that did not come; half a character at the very end is dropped.</summary>
    public void Finish() => matcher.Finish(pending);

    public void Taken()
    {
        spoken |= pending.Count > 0;
        pending.Clear();
        PendingTokens = 0;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Envelopes;

/// <summary>
/// Opens a sealed answer as it arrives (DECISIONS E11), in pieces of any size. Frames that were changed, left out, repeated or
/// moved do not open, and an answer without its last frame is not complete.
/// </summary>
public sealed class SealedAnswerReader
{
    private static readonly Refusal Unopenable = new(ErrorCode.StreamMismatch,
        "The sealed answer does not open: it was changed, reordered or cut on its way. Ask again, through another router if it happens twice.");

    private readonly byte[] encapsulated;
    private readonly byte[] secret;
    private readonly bool structured;
    private readonly StringBuilder pending = new();
    private AeadSequence? frames;

    internal SealedAnswerReader(byte[] encapsulated, byte[] secret, bool structured) => (this.encapsulated, this.secret, this.structured) = (encapsulated, secret, structured);

    /// <summary>Why the answer ended; null while the last frame is not there.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>Takes the next piece of the sealed text and gives the text and tool calls of all frames it completes; the refusal is for good.</summary>
    public bool TryRead(string piece, [NotNullWhen(true)] out string? text, out IReadOnlyList<ToolCallDelta> toolCalls, [NotNullWhen(false)] out Refusal? refusal)
    {
        (text, toolCalls, refusal) = (null, [], Unopenable);
        var opened = new StringBuilder();
        var calls = new List<ToolCallDelta>();
        var rest = piece.AsSpan();
        for (var end = EndOf(rest); end >= 0; end = EndOf(rest))
        {
            pending.Append(rest[..end]);
            if (!TryOpen(pending.ToString(), isLast: rest[end] == SealedAnswerKeys.LastFrameEnd, opened, calls)) return false;
            pending.Clear();
            rest = rest[(end + 1)..];
        }

        // Nothing comes after the end.
        if (rest.Length > 0 && FinishReason is not null) return false;
        pending.Append(rest);
        (text, toolCalls, refusal) = (opened.ToString(), calls, null);
        return true;
    }

    private static int EndOf(ReadOnlySpan<char> text) => text.IndexOfAny(SealedAnswerKeys.FrameEnd, SealedAnswerKeys.LastFrameEnd);

    private bool TryOpen(string base64, bool isLast, StringBuilder opened, List<ToolCallDelta> calls)
    {
        var buffer = new byte[base64.Length];
        if (FinishReason is not null || !Convert.TryFromBase64String(base64, buffer, out var length)) return false;
        var frame = buffer.AsSpan(0, length);
        if (frames is null)
        {
            if (frame.Length < SealedAnswerKeys.NonceBytes) return false;
            frames = SealedAnswerKeys.Derive(encapsulated, secret, frame[..SealedAnswerKeys.NonceBytes]);
            frame = frame[SealedAnswerKeys.NonceBytes..];
        }

        if (!frames.TryOpen(isLast ? SealedAnswerKeys.Last : [], frame, out var padded) || !SealPadding.TryRemove(padded, out var text)) return false;
        if (isLast) return TryEnd(text.Value);
        if (structured) return TryAdd(text.Value, opened, calls);
        opened.Append(Encoding.UTF8.GetString(text.Value.Span));
        return true;
    }

    private static bool TryAdd(ReadOnlyMemory<byte> json, StringBuilder opened, List<ToolCallDelta> calls)
    {
        try
        {
            if (JsonSerializer.Deserialize(json.Span, ProtocolJson.Default.SealedDelta) is not { } delta) return false;
            opened.Append(delta.Text);
            calls.AddRange(delta.ToolCalls ?? []);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool TryEnd(ReadOnlyMemory<byte> json)
    {
        try
        {
            FinishReason = JsonSerializer.Deserialize(json.Span, ProtocolJson.Default.SealedEnd)?.FinishReason;
        }
        catch (JsonException)
        {
            return false;
        }

        return FinishReason is not null;
    }
}

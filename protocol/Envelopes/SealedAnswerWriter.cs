using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Envelopes;

/// <summary>
/// Seals an answer frame by frame for whoever sealed the request (DECISIONS E11). A frame is text: it travels as a delta, and
/// all frames together are the output that the node signs.
/// </summary>
public sealed class SealedAnswerWriter
{
    private readonly AeadSequence frames;
    private byte[] head = RandomNumberGenerator.GetBytes(SealedAnswerKeys.NonceBytes);

    private readonly bool structured;

    /// <param name="encapsulated">The request's key of one use.</param>
    /// <param name="secret">What the answer's key is derived from.</param>
    /// <param name="structured">The request has tools: frames are <see cref="SealedDelta"/>, else just text.</param>
    internal SealedAnswerWriter(byte[] encapsulated, byte[] secret, bool structured)
    {
        this.structured = structured;
        Encapsulated = encapsulated;
        frames = SealedAnswerKeys.Derive(encapsulated, secret, head);
    }

    /// <summary>The sender's key of one use: a request whose key was seen before is a repeated one.</summary>
    public ReadOnlyMemory<byte> Encapsulated { get; }

    /// <summary>A frame of text, and of tool calls where the request has tools.</summary>
    public string Seal(string text, IReadOnlyList<ToolCallDelta>? toolCalls = null) => Frame([], structured
        ? JsonSerializer.SerializeToUtf8Bytes(new SealedDelta { Text = text.Length > 0 ? text : null, ToolCalls = toolCalls }, ProtocolJson.Default.SealedDelta)
        : Encoding.UTF8.GetBytes(text)) + SealedAnswerKeys.FrameEnd;

    /// <summary>The last frame.</summary>
    public string Close(string finishReason) =>
        Frame(SealedAnswerKeys.Last, JsonSerializer.SerializeToUtf8Bytes(new SealedEnd { FinishReason = finishReason }, ProtocolJson.Default.SealedEnd)) + SealedAnswerKeys.LastFrameEnd;

    private string Frame(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> text)
    {
        var frame = Convert.ToBase64String([.. head, .. frames.Seal(associatedData, SealPadding.Pad(text, SealedAnswerKeys.BlockBytes))]);
        head = [];
        return frame;
    }
}

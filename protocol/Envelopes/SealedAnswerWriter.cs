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

    internal SealedAnswerWriter(byte[] encapsulated, byte[] secret)
    {
        Encapsulated = encapsulated;
        frames = SealedAnswerKeys.Derive(encapsulated, secret, head);
    }

    /// <summary>The sender's key of one use: a request whose key was seen before is a repeated one.</summary>
    public ReadOnlyMemory<byte> Encapsulated { get; }

    public string Seal(string delta) => Frame([], Encoding.UTF8.GetBytes(delta)) + SealedAnswerKeys.FrameEnd;

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

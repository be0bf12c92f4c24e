using System.Diagnostics.CodeAnalysis;

namespace FedAi.Protocol.Crypto;

/// <summary>What sender and recipient share after HPKE's set-up (RFC 9180 §5.2, §5.3): messages in order, and secrets for other uses.</summary>
public sealed class SealedContext : IDisposable
{
    private readonly AeadSequence messages;
    private readonly byte[] exporter;

    internal SealedContext(AeadSequence messages, byte[] exporter) => (this.messages, this.exporter) = (messages, exporter);

    public byte[] Seal(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> text) => messages.Seal(associatedData, text);

    public bool TryOpen(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> message, [NotNullWhen(true)] out byte[]? text) => messages.TryOpen(associatedData, message, out text);

    /// <summary>A secret for the use that <paramref name="label"/> names.</summary>
    public byte[] Export(ReadOnlySpan<byte> label, int length) => SealedBox.LabeledExpand(exporter, "sec"u8, label, length);

    public void Dispose() => messages.Dispose();
}

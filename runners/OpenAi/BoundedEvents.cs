namespace FedAi.Runners.OpenAi;

/// <summary>
/// A server's event stream, read within limits: no line and no event of more than 1 MiB, no answer of more than 32 MiB. Beyond them it ends
/// in an <see cref="IOException"/>, so that no server can fill this process's memory.
/// </summary>
internal sealed class BoundedEvents(Stream inner) : Stream
{
    public const int MaxEventBytes = 1 << 20;
    private const long MaxBytes = 32L << 20;

    private long all;
    private int ofEvent;
    private int ofLine;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        all += read;
        if (all > MaxBytes || !Fits(buffer.Span[..read])) throw new IOException("The server sent more than it may.");
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>An event ends with an empty line, with CR or without; a line of one character means nothing.</summary>
    private bool Fits(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes.Length : end;
            ofLine += part;
            ofEvent += part;
            if (ofEvent > MaxEventBytes) return false;
            if (end < 0) return true;
            if (ofLine <= 1) ofEvent = 0;
            ofLine = 0;
            bytes = bytes[(end + 1)..];
        }

        return true;
    }
}

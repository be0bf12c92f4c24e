namespace FedAi.Daemon.Peering;

/// <summary>
/// A stream that tells when whoever uses it lets go of it, and that ends when the other side sends without end and reads nothing:
/// what must be answered, such as an HTTP/2 ping, would pile up here.
/// </summary>
internal sealed class WatchedStream(Stream inner) : Stream
{
    /// <summary>More than a peer sends before it reads anything: with nothing read it gets no further credit (HTTP/2 windows).</summary>
    private const long MaxReadWhileWriting = 8 << 20;

    private readonly CancellationTokenSource closed = new();
    private long readSinceWrite;
    private int writing;

    /// <summary>Set when the stream is disposed.</summary>
    public CancellationToken Closed => closed.Token;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        if (Volatile.Read(ref writing) == 0) Volatile.Write(ref readSinceWrite, 0);
        return Interlocked.Add(ref readSinceWrite, read) <= MaxReadWhileWriting ? read : throw new IOException("The peer sends and does not read.");
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref writing);
        try
        {
            await inner.WriteAsync(buffer, cancellationToken);
            Volatile.Write(ref readSinceWrite, 0);
        }
        finally
        {
            Interlocked.Decrement(ref writing);
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            // Not awaited and not disposed: nobody waits here, and the token outlives the stream.
            _ = closed.CancelAsync();
        }

        base.Dispose(disposing);
    }
}

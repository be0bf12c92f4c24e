using System.Runtime.CompilerServices;

namespace FedAi.Daemon.Peering;

/// <summary>A peer's answer, read up to a limit in bytes; more ends in an <see cref="IOException"/>, so that no peer can fill this daemon's memory.</summary>
internal sealed class BoundedStream(Stream inner, long limit) : Stream
{
    private long left = limit;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        left -= read;
        return left >= 0 ? read : throw new IOException("The peer sent more than it may.");
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

using System.Buffers.Binary;

namespace FedAi.Daemon.Peering;

/// <summary>
/// How a node's connection to a router becomes one on which the router asks (DECISIONS E13): after <c>101 Switching Protocols</c> the
/// router sends a challenge, the node a signed envelope around it, and the router nothing (welcome) or its refusal. Each is a frame:
/// two bytes of length, then that much. Then the router speaks HTTP/2 as a client.
/// </summary>
internal static class ChannelHandshake
{
    public const string Protocol = "fedai-node/1";
    public const string Path = "node/connect";

    /// <summary>What a node that is reached this way says in the place of its address: nothing about where it stands.</summary>
    public const string Endpoint = "reverse:";

    public const int ChallengeBytes = 32;

    /// <summary>A signed challenge has about 700 bytes, a refusal less.</summary>
    private const int MaxFrameBytes = 4096;

    /// <summary>The whole exchange takes two round trips; whoever needs longer is gone or not honest.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var bytes = new byte[2 + frame.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)frame.Length));
        frame.CopyTo(bytes.AsMemory(2));
        await stream.WriteAsync(bytes, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>The next frame; <see cref="IOException"/> when the other end closes or sends too much.</summary>
    public static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, cancellationToken);
        var frame = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        if (frame.Length > MaxFrameBytes) throw new IOException("The peer's handshake is too long.");
        await stream.ReadExactlyAsync(frame, cancellationToken);
        return frame;
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace FedAi.TestKit;

/// <summary>A name server that answers every question for an address as a test wants it, never twice the same if it likes; nothing may be remembered.</summary>
internal sealed class DnsServer : IAsyncDisposable
{
    private readonly Socket socket;
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;
    private int questions;

    private DnsServer(Socket socket)
    {
        this.socket = socket;
        serving = ServeAsync();
    }

    /// <summary>The addresses that the question with this number, counted from 1, gets.</summary>
    public Func<int, IPAddress[]> Answer { get; set; } = _ => [];

    /// <summary>Questions for IPv4 addresses so far.</summary>
    public int Questions => Volatile.Read(ref questions);

    /// <summary>Listens on port 53 of the loopback of a network namespace.</summary>
    public static DnsServer Start(string space) => new(NamespaceEntry.Run(space, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 53));
        return socket;
    }));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        socket.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var buffer = new byte[1500];
        while (true)
        {
            var asked = await socket.ReceiveFromAsync(buffer.AsMemory(), new IPEndPoint(IPAddress.Any, 0), stop.Token);
            if (Reply(buffer.AsSpan(0, asked.ReceivedBytes)) is { } reply) await socket.SendToAsync(reply, asked.RemoteEndPoint, stop.Token);
        }
    }

    /// <summary>RFC 1035: the question again, and an address record that points back to its name, with no time to live.</summary>
    private byte[]? Reply(ReadOnlySpan<byte> query)
    {
        const int header = 12, typeA = 1;
        if (query.Length < header) return null;
        var end = header;
        while (end < query.Length && query[end] != 0) end += query[end] + 1;
        if (end + 5 > query.Length) return null;
        var question = query[header..(end + 5)];
        var addresses = BinaryPrimitives.ReadUInt16BigEndian(query[(end + 1)..]) == typeA ? Answer(Interlocked.Increment(ref questions)) : [];

        var reply = new List<byte>();
        reply.AddRange(query[..2]);
        reply.AddRange([0x84, 0x00, 0, 1, 0, (byte)addresses.Length, 0, 0, 0, 0]);
        reply.AddRange(question);
        foreach (var address in addresses)
        {
            reply.AddRange([0xc0, header, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4]);
            reply.AddRange(address.GetAddressBytes());
        }

        return [.. reply];
    }
}

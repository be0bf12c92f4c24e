using System.Net;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.TestKit;

/// <summary>A connection to a router's /node/connect, step by step, so that a test can take each step wrongly.</summary>
internal sealed class DialledRouter : IAsyncDisposable
{
    private readonly PeerHttp http = new(PrivateNetworks.Loopback);
    private Stream? stream;

    /// <summary>What the router sent, to be signed.</summary>
    public byte[] Challenge { get; private set; } = [];

    public Stream Stream => stream!;

    /// <summary>Connects and reads the challenge; a refusal ends it.</summary>
    public static async Task<(DialledRouter Router, Refusal? Refusal)> ConnectAsync(Uri router)
    {
        var dialled = new DialledRouter();
        using var limit = new CancellationTokenSource(Patience.Limit);
        (dialled.stream, IPEndPoint? _, var refusal) = await dialled.http.UpgradeAsync(new PeerEndpoint(router), ChannelHandshake.Path, ChannelHandshake.Protocol, limit.Token);
        if (refusal is null) dialled.Challenge = await ChannelHandshake.ReadAsync(dialled.Stream, limit.Token);
        return (dialled, refusal);
    }

    public byte[] Sign(KeyPair key, string routerId) => Sign(key, routerId, Challenge);

    public static byte[] Sign(KeyPair key, string routerId, byte[] challenge) => EnvelopeSealer.Seal(
        new NodeConnect { RouterId = routerId, Challenge = Convert.ToBase64String(challenge) }, ProtocolJson.Default.NodeConnect, key, WireClient.Now);

    /// <summary>Answers, and gives what the router said: its code, or null for a welcome.</summary>
    public async Task<string?> AnswerAsync(byte[] envelope)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        await ChannelHandshake.WriteAsync(Stream, envelope, limit.Token);
        var verdict = await ChannelHandshake.ReadAsync(Stream, limit.Token);
        return verdict.Length == 0 ? null : PeerRefusal.Parse(verdict, ErrorCode.RouterError).Code.Wire();
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is not null) await stream.DisposeAsync();
        http.Dispose();
    }
}

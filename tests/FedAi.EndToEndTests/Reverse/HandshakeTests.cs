using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Reverse;

/// <summary>Who may become a node's connection, and what strangers get who try.</summary>
public sealed class HandshakeTests
{
    private static readonly KeyPair Node = KeyPair.Generate();

    [Fact]
    public async Task Connect_ChallengeSigned_IsWelcome()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var dialled = (await DialledRouter.ConnectAsync(router.Base)).Router;

        (await dialled.AnswerAsync(dialled.Sign(Node, router.Key.PublicKey.Npub))).ShouldBeNull();
        router.Services.GetRequiredService<NodeChannels>().Find(Node.PublicKey).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("another challenge", "invalid-request")]
    [InlineData("another router", "key-id-mismatch")]
    [InlineData("another's key", "invalid-signature")]
    [InlineData("a replay", "nonce-reused")]
    [InlineData("a blocked key", "node-not-allowed")]
    [InlineData("nothing signed", "invalid-json")]
    public async Task Connect_Hostile_IsTurnedAway(string how, string code)
    {
        using var blocked = KeyPair.Generate();
        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Filter = new FilterOptions { Block = [blocked.PublicKey.Npub] } });
        var npub = router.Key.PublicKey.Npub;
        await using var dialled = (await DialledRouter.ConnectAsync(router.Base)).Router;
        var answer = how switch
        {
            "another challenge" => DialledRouter.Sign(Node, npub, new byte[32]),
            "another router" => dialled.Sign(Node, Node.PublicKey.Npub),
            "another's key" => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(dialled.Sign(Node, npub)).Replace(Node.PublicKey.Npub, KeyPair.Generate().PublicKey.Npub, StringComparison.Ordinal)),
            "a replay" => await HeardAsync(router, npub),
            "a blocked key" => dialled.Sign(blocked, npub),
            _ => "hello"u8.ToArray(),
        };

        (await dialled.AnswerAsync(answer)).ShouldBe(code);
        router.Services.GetRequiredService<NodeChannels>().Open.ShouldBe(how == "a replay" ? 1 : 0);
        (await dialled.Stream.ReadAsync(new byte[1])).ShouldBe(0, "the connection ends");
    }

    [Fact]
    public async Task Connect_AnswerLongerThanAny_IsNotRead()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var dialled = (await DialledRouter.ConnectAsync(router.Base)).Router;

        await dialled.Stream.WriteAsync(new byte[] { 0xff, 0xff });

        (await dialled.Stream.ReadAsync(new byte[1])).ShouldBe(0);
    }

    [Fact]
    public async Task Connect_NeverAnswers_IsEndedAfterFiveSeconds()
    {
        var time = new ManualTime();
        await using var router = await TestDaemon.StartAsync(Role.Router, add: services => services.AddSingleton<TimeProvider>(time));
        await using var dialled = (await DialledRouter.ConnectAsync(router.Base)).Router;
        var channels = router.Services.GetRequiredService<NodeChannels>();
        var end = dialled.Stream.ReadAsync(new byte[1]).AsTask();

        channels.Handshakes.ShouldBe(1);
        time.Move(TimeSpan.FromSeconds(4));
        channels.Handshakes.ShouldBe(1);
        time.Move(TimeSpan.FromSeconds(2));

        (await end.WaitAsync(Patience.Limit)).ShouldBe(0);
        channels.Handshakes.ShouldBe(0);
    }

    [Fact]
    public async Task Connect_WithoutUpgrade_SaysHow()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        using var http = new HttpClient();

        using var answer = await http.GetAsync(new Uri(router.Base, "node/connect"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("fedai-node/1");
    }

    [Fact]
    public async Task Connect_SameKeyAgain_TakesThePlaceOfTheOlder()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var older = (await DialledRouter.ConnectAsync(router.Base)).Router;
        await older.AnswerAsync(older.Sign(Node, router.Key.PublicKey.Npub));
        await using var newer = (await DialledRouter.ConnectAsync(router.Base)).Router;

        (await newer.AnswerAsync(newer.Sign(Node, router.Key.PublicKey.Npub))).ShouldBeNull();

        using var limit = new CancellationTokenSource(Patience.Limit);
        // What the router began to say on it, and then its end.
        var buffer = new byte[4096];
        while (await older.Stream.ReadAsync(buffer, limit.Token) > 0) { }
        router.Services.GetRequiredService<NodeChannels>().Open.ShouldBe(1);
    }

    /// <summary>A proxy in front of the router ends the TLS; without one the hop is open to everybody on the way.</summary>
    [Theory]
    [InlineData("https://router.example/", true)]
    [InlineData("http://router.example/", false)]
    public async Task Connect_ThroughAProxy_IsAsConfidentialAsItsAddress(string publicEndpoint, bool expected)
    {
        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions
        {
            Http = new HttpOptions { PublicEndpoint = publicEndpoint },
            Filter = new FilterOptions { Follow = [Node.PublicKey.Npub] },
        });
        using var limit = new CancellationTokenSource(Patience.Limit);
        var (status, socket) = await DialAsync(router.Base, "X-Forwarded-For: 8.8.8.8\r\n");
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        var envelope = DialledRouter.Sign(Node, router.Key.PublicKey.Npub, await ChannelHandshake.ReadAsync(stream, limit.Token));
        await ChannelHandshake.WriteAsync(stream, envelope, limit.Token);

        (await ChannelHandshake.ReadAsync(stream, limit.Token)).ShouldBeEmpty();
        status.ShouldBe(101);
        router.Services.GetRequiredService<NodeChannels>().Find(Node.PublicKey)!.IsConfidential.ShouldBe(expected);
    }

    /// <summary>Each ping must be answered; a node that pings and reads nothing would fill the router's memory with answers. The runtime bounds them, and this would notice if it did no longer.</summary>
    [Fact]
    public async Task Node_PingsWithoutReading_IsCutOff()
    {
        const int most = 64 << 20;
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var dialled = (await DialledRouter.ConnectAsync(router.Base)).Router;
        (await dialled.AnswerAsync(dialled.Sign(Node, router.Key.PublicKey.Npub))).ShouldBeNull();
        byte[] settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        byte[] ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        var pings = Enumerable.Repeat(ping, 4096).SelectMany(frame => frame).ToArray();
        using var limit = new CancellationTokenSource(Patience.Limit);
        await dialled.Stream.WriteAsync(settings, limit.Token);
        long sent = 0;

        await Should.ThrowAsync<IOException>(async () =>
        {
            for (; sent < most; sent += pings.Length) await dialled.Stream.WriteAsync(pings, limit.Token);
        });

        await Patience.UntilAsync(() => router.Services.GetRequiredService<NodeChannels>().Open == 0);
    }

    /// <summary>Ten thousand that connect and say nothing: few are held at once, and an honest node gets in when they are gone.</summary>
    [Fact]
    public async Task Connect_TenThousandWhoNeverAnswer_HoldAFewPlaces()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        var channels = router.Services.GetRequiredService<NodeChannels>();
        var held = new ConcurrentBag<Socket>();
        var (next, refused) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) <= 10_000)
            {
                var (status, socket) = await DialAsync(router.Base);
                if (status == 101) held.Add(socket);
                else
                {
                    status.ShouldBe(429);
                    Interlocked.Increment(ref refused);
                    socket.Dispose();
                }

                channels.Handshakes.ShouldBeLessThanOrEqualTo(NodeChannels.MaxHandshakes);
            }
        })));

        refused.ShouldBeGreaterThan(0);
        channels.Open.ShouldBe(0);
        foreach (var socket in held) socket.Dispose();
        await using var node = await TestDaemon.StartAsync(Role.Node,
            new FedAiOptions { Node = new NodeOptions { Reach = NodeReach.Reverse, Routers = [$"{router.Key.PublicKey.Npub}@{router.Base}"] } });
        await Patience.UntilAsync(() => channels.Find(node.Key.PublicKey) is not null);
    }

    /// <summary>The envelope of a handshake that went well, as somebody on the way could have kept it.</summary>
    private static async Task<byte[]> HeardAsync(TestDaemon router, string npub)
    {
        var (first, _) = await DialledRouter.ConnectAsync(router.Base);
        var envelope = first.Sign(Node, npub);
        (await first.AnswerAsync(envelope)).ShouldBeNull();
        return envelope;
    }

    /// <summary>The status of one bare request to connect; read up to the end of its headers.</summary>
    private static async Task<(int Status, Socket Socket)> DialAsync(Uri router, string headers = "")
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(router.Host, router.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /node/connect HTTP/1.1\r\nHost: {router.Authority}\r\nConnection: Upgrade\r\nUpgrade: fedai-node/1\r\n{headers}\r\n"));
        var answer = new byte[1024];
        var read = 0;
        while (!answer.AsSpan(0, read).EndsWith("\r\n\r\n"u8))
            read += await socket.ReceiveAsync(answer.AsMemory(read, 1)) is > 0 and var more ? more : throw new IOException("closed without an answer");
        return (int.Parse(Encoding.ASCII.GetString(answer, 9, 3), null), socket);
    }
}

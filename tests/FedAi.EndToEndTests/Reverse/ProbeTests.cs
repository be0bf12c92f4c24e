using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FedAi.Daemon.Hosting;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Reverse;

/// <summary>A router that is asked to dial back reaches the asker, and nobody else.</summary>
public sealed class ProbeTests
{
    [Fact]
    public async Task Probe_OwnAddress_IsReached()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var node = await TestDaemon.StartAsync(Role.Node);

        (await AskAsync(router, node.Key, node.Base.ToString())).ShouldBe(new ReachReport { Reachable = true, SeenAs = "127.0.0.1" });
    }

    [Fact]
    public async Task Probe_AddressOfAnotherDaemon_IsNotTheAskers()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var other = await TestDaemon.StartAsync(Role.Node);

        (await AskAsync(router, KeyPair.Generate(), other.Base.ToString())).Reason.ShouldBe("node-response-key-mismatch");
    }

    [Theory]
    [InlineData("http://8.8.8.8/")]
    [InlineData("https://8.8.8.8:8481/")]
    [InlineData("http://192.168.1.1/")]
    [InlineData("http://127.0.0.2/")]
    public async Task Probe_AddressTheAskerDoesNotComeFrom_IsNotDialled(string elsewhere)
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        // Had it dialled 127.0.0.2, this listener would have been found.
        using var listener = new TcpListener(IPAddress.Parse("127.0.0.2"), 0);
        listener.Start();
        var address = elsewhere.Contains("127.0.0.2", StringComparison.Ordinal) ? $"http://127.0.0.2:{((IPEndPoint)listener.LocalEndpoint).Port}/" : elsewhere;

        (await AskAsync(router, KeyPair.Generate(), address)).Reason.ShouldBe("private-address-blocked");

        listener.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task Probe_AgainAndAgain_IsRefused()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        using var client = new WireClient(router.Base, KeyPair.Generate());
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 7; i++) answers.Add((await client.PostAsync("probe", new ReachProbe { Endpoint = "http://8.8.8.8/" }, ProtocolJson.Default.ReachProbe)).Status);

        answers[0].ShouldBe(HttpStatusCode.OK);
        answers[^1].ShouldBe(HttpStatusCode.TooManyRequests);
    }

    private static async Task<ReachReport> AskAsync(TestDaemon router, KeyPair key, string endpoint)
    {
        using var client = new WireClient(router.Base, key);
        var (status, body) = await client.PostAsync("probe", new ReachProbe { Endpoint = endpoint }, ProtocolJson.Default.ReachProbe);
        status.ShouldBe(HttpStatusCode.OK, body);
        return JsonSerializer.Deserialize(body, ProtocolJson.Default.ReachReport)!;
    }
}

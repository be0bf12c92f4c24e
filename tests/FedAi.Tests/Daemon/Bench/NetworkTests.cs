using System.Net;
using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;

namespace FedAi.Tests.Daemon.Bench;

public sealed class NetworkTests
{
    [Fact]
    public async Task Latency_SlowTarget_IsAtLeastItsDelay()
    {
        await using var slow = await ServeAsync(async context => await Task.Delay(40, context.RequestAborted));

        var network = await NetworkScan.MeasureAsync(MachineRoot.This, [new Uri(slow.Urls.Single())], default);

        network.LatencyMs.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(35);
        network.JitterMs.ShouldNotBeNull();
        (network.UploadMbps, network.Targets.ShouldHaveSingleItem().Problem).ShouldBe((null, null));
    }

    [Fact]
    public async Task Latency_DelayThatVaries_IsJitterAndWithoutTargetsNothingIsMeasured()
    {
        var asked = 0;
        await using var unsteady = await ServeAsync(async context => await Task.Delay(Interlocked.Increment(ref asked) % 2 * 60, context.RequestAborted));

        var network = await NetworkScan.MeasureAsync(MachineRoot.This, [new Uri(unsteady.Urls.Single())], default);
        var alone = await NetworkScan.MeasureAsync(MachineRoot.This, [], default);

        network.JitterMs.ShouldNotBeNull().ShouldBeGreaterThan(5);
        (alone.LatencyMs, alone.JitterMs, alone.UploadMbps, alone.DownloadMbps, alone.Targets.Count).ShouldBe((null, null, null, null, 0));
    }

    [Fact]
    public async Task Latency_SilentAndAbsentTargets_AreGivenUpTogether()
    {
        await using var silent = await ServeAsync(async context => await Task.Delay(Timeout.Infinite, context.RequestAborted));

        var network = await NetworkScan.MeasureAsync(MachineRoot.This, [new Uri(silent.Urls.Single()), new Uri("ws://127.0.0.1:1/relay")], default);

        network.LatencyMs.ShouldBeNull();
        network.Targets.Select(target => target.Problem).ShouldBe(["did not answer within 3 s", "cannot be reached"]);
    }

    [Fact]
    public async Task Throughput_RouterThatTakesPart_IsMeasuredBothWays()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);

        var (up, down) = await ThroughputClient.MeasureAsync([new PeerEndpoint(router.Base)], PrivateNetworks.Loopback, TimeProvider.System, default);

        up.ShouldNotBeNull().ShouldBeGreaterThan(0);
        down.ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Throughput_OthersThanRouters_StayUnknown()
    {
        await using var other = await ServeAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });

        (await ThroughputClient.MeasureAsync([new PeerEndpoint(new Uri(other.Urls.Single() + "/"))], PrivateNetworks.Loopback, TimeProvider.System, default)).ShouldBe((null, null));
    }

    [Fact]
    public async Task Throughput_TooMuchOrUnsignedOrTooOften_IsRefused()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        using var http = new HttpClient { BaseAddress = router.Base };
        using var key = KeyPair.Generate();
        async Task<HttpStatusCode> AskAsync(long bytes, bool spoilt = false)
        {
            var body = EnvelopeSealer.Seal(new ThroughputProbe { Bytes = bytes, Padding = "" }, ProtocolJson.Default.ThroughputProbe, key, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            if (spoilt) StubNode.SpoilSignature(body);
            using var answer = await http.PostAsync(new Uri("throughput", UriKind.Relative), new ByteArrayContent(body));
            return answer.StatusCode;
        }

        (await AskAsync((1 << 20) + 1)).ShouldBe(HttpStatusCode.BadRequest);
        (await AskAsync(-1)).ShouldBe(HttpStatusCode.BadRequest);
        (await AskAsync(10, spoilt: true)).ShouldBe(HttpStatusCode.Unauthorized);
        List<HttpStatusCode> codes = [];
        while (codes.Count < 100 && !codes.Contains(HttpStatusCode.TooManyRequests)) codes.Add(await AskAsync(10));
        codes[0].ShouldBe(HttpStatusCode.OK);
        codes.ShouldContain(HttpStatusCode.TooManyRequests, "eight in a row, and then one in ten seconds");
    }

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}

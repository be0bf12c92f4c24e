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

        var network = await NetworkScan.MeasureAsync(MachineRoot.This, [new Uri(slow.Urls.Single())], TimeProvider.System, default);

        network.LatencyMs.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(35);
        network.JitterMs.ShouldNotBeNull();
        (network.UploadMbps, network.Targets.ShouldHaveSingleItem().Problem).ShouldBe((null, null));
    }

    [Fact]
    public async Task Latency_DelayThatVaries_IsJitterAndWithoutTargetsNothingIsMeasured()
    {
        var asked = 0;
        await using var unsteady = await ServeAsync(async context => await Task.Delay(Interlocked.Increment(ref asked) % 2 * 60, context.RequestAborted));

        var network = await NetworkScan.MeasureAsync(MachineRoot.This, [new Uri(unsteady.Urls.Single())], TimeProvider.System, default);
        var alone = await NetworkScan.MeasureAsync(MachineRoot.This, [], TimeProvider.System, default);

        network.JitterMs.ShouldNotBeNull().ShouldBeGreaterThan(5);
        (alone.LatencyMs, alone.JitterMs, alone.UploadMbps, alone.DownloadMbps, alone.Targets.Count).ShouldBe((null, null, null, null, 0));
    }

    [Fact]
    public async Task Latency_SilentAndAbsentTargets_AreGivenUpTogether()
    {
        await using var silent = await ServeAsync(async context => await Task.Delay(Timeout.Infinite, context.RequestAborted));

        var network = await NetworkScan.MeasureAsync(MachineRoot.This, [new Uri(silent.Urls.Single()), new Uri("ws://127.0.0.1:1/relay")], TimeProvider.System, default);

        network.LatencyMs.ShouldBeNull();
        network.Targets.Select(target => target.Problem).ShouldBe(["did not answer within 3 s", "cannot be reached"]);
    }

    [Fact]
    public async Task Throughput_RouterThatTakesPart_IsMeasuredBothWays()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);

        var (up, down) = await ThroughputClient.MeasureAsync([(new PeerEndpoint(router.Base), NetworkScan.Limit)], PrivateNetworks.Loopback, TimeProvider.System, default);

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

        (await ThroughputClient.MeasureAsync([(new PeerEndpoint(new Uri(other.Urls.Single() + "/")), NetworkScan.Limit)], PrivateNetworks.Loopback, TimeProvider.System, default)).ShouldBe((null, null));
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

    [Fact]
    public async Task Throughput_RouterThatAnswersSlowly_HasOneLimitForEverything()
    {
        var time = new ManualTime();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = await ServeAsync(async context =>
        {
            if (context.Request.Method == HttpMethods.Head)
            {
                time.Move(TimeSpan.FromMilliseconds(400));
                return;
            }

            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var address = new Uri(slow.Urls.Single() + "/");

        var network = await NetworkScan.MeasureAsync(MachineRoot.This, [address], time, default);
        var measuring = NetworkBench.WithThroughputAsync(network, [new PeerEndpoint(address)], PrivateNetworks.Loopback, time, default);
        await asked.Task.WaitAsync(Patience.Limit);
        time.Move(NetworkScan.Limit - TimeSpan.FromMilliseconds(4 * 400));

        var measured = await measuring.WaitAsync(Patience.Limit);
        (measured.LatencyMs, measured.UploadMbps, measured.Targets.ShouldHaveSingleItem().Took).ShouldBe((400, null, TimeSpan.FromMilliseconds(1600)));
    }

    [Fact]
    public async Task Bench_ConfiguredRouter_HasFiguresWithRoundsOfTheWayToIt()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        var profile = await MachineScan.RunAsync(MachineRoot.This, Path.GetTempPath(), [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, default);
        var input = new NodeBenchInput(profile, Path.GetTempPath(), [router.Base], 7, Short: false, "test", Runner: null) { Routers = [new PeerEndpoint(router.Base)], AllowPrivate = PrivateNetworks.Loopback };
        var robin = new RoundRobin(new BenchClock(TimeSpan.Zero, TimeProvider.System, new Progress<BenchProgress>()), leastRounds: 1);

        (await NetworkBench.MeasureAsync(robin, input, TimeProvider.System, default)).ShouldNotBeNull();

        robin.Figures.Select(figure => (figure.Name, figure.Unit, figure.Rounds)).ShouldBe(
            [(FigureNames.NetworkLatency, "µs", 3), (FigureNames.NetworkJitter, "µs", 3), (FigureNames.NetworkUpload, "kbit/s", 3), (FigureNames.NetworkDownload, "kbit/s", 3)]);
        robin.Figures.Where(figure => figure.Name != FigureNames.NetworkJitter).ShouldAllBe(figure => figure.Median > 0);
        robin.Skipped.ShouldBeEmpty();
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

using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Cli.Setup;
using FedAi.Daemon.Control;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;
using FedAi.Tests.Daemon.Capability;
using FedAi.Tests.Daemon.Store;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Tests.Daemon.Control;

public sealed class ControlEndpointsTests
{
    [Fact]
    public async Task Summary_OfTheBooks_IsTheirSum()
    {
        using var folder = new TempFolder();
        await using var daemon = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path);
        var metering = daemon.Services.GetRequiredService<MeteringTable>();
        // Of today: what is older than the store keeps is deleted at any moment.
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await metering.AddAsync(MeteringTableTests.Row("r1", ts: now), Durability.Full);
        await metering.AddAsync(MeteringTableTests.Row("r2", ts: now), Durability.Full);
        using var client = new ControlClient(folder.Path);

        var total = JsonNode.Parse((await client.GetAsync("metering/summary", CancellationToken.None))!)!["totals"]!.AsArray().ShouldHaveSingleItem();

        total!.ToJsonString().ShouldBe("""{"node":"npub1node","model":"tiny","requests":2,"inputTokens":20,"outputTokens":40,"wallTimeMs":60,"priceMsat":80}""");
    }

    [Fact]
    public async Task Recommend_BesideARunningDaemon_KnowsOthersPricesAndTheServedModelsJobs()
    {
        using var folder = new TempFolder();
        await using var daemon = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path);
        using var router = KeyPair.Generate();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var routers = daemon.Services.GetRequiredService<RouterDirectory>();
        routers.Observe(AnnouncedRouter.At(router.PublicKey, new Uri("http://127.0.0.1:1/"), now, "other"));
        routers.Observe(router.PublicKey, new PriceSheet
        {
            RouterId = router.PublicKey.Npub, JobType = RouterJobType.GenChunk, Unit = FederationPriceUnit.Per1KTokens, BasePriceMsat = 1, CurrentSurge = 1, Timestamp = now, Expiry = now + 3_600_000,
            Models = [new ModelPrice { ModelId = "other", InputMsatPer1K = 3000, OutputMsatPer1K = 7000 }],
        }, new HeardIn(default, FedAiKinds.PriceAnnounce, "", now / 1000), now + 3_600_000);
        // 40 tokens a second after the first token.
        for (var job = 0; job < SpeedRules.EnoughJobs; job++) await AddJobAsync(daemon.Services.GetRequiredService<MeteringTable>(), $"r{job}", "my-model", now);
        using (var client = new ControlClient(folder.Path))
        {
            var market = JsonSerializer.Deserialize((await client.GetAsync("market?model=my-model", CancellationToken.None))!, CapabilityJson.Default.MarketView)!;
            market.Prices.ShouldBe([new AdvertisedPrice(3000, 7000)]);
            market.Jobs.ShouldBe(Enumerable.Repeat(40_000L, SpeedRules.EnoughJobs));
        }

        var profile = await MachineScan.RunAsync(MachineRoot.This, folder.Path, [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, default);
        var machine = new SetupMachine(folder.Path, new FedAiOptions(), Intent.Balanced, isShort: true);
        await machine.AskPricesAsync(default);
        machine.Judge(profile, null, null).Input.Prices.ShouldBe([new AdvertisedPrice(3000, 7000)]);
        await File.WriteAllTextAsync(folder.File("p.json"), JsonSerializer.Serialize(profile, CapabilityJson.Default.MachineProfile));
        await File.WriteAllTextAsync(folder.File("b.json"), JsonSerializer.Serialize(SpeedRulesTests.Machine, CapabilityJson.Default.BenchResult));
        var got = await Fedai.RunAsync("recommend", "--profile", folder.File("p.json"), "--bench", folder.File("b.json"), "--model", DemoModel.Path, "--data", folder.Path, "--json", "--set", $"runner.modelPath={DemoModel.Path}", "--set", "runner.modelId=my-model");

        got.ExitCode.ShouldBe(0, got.Errors);
        var recommendation = JsonSerializer.Deserialize(got.Output, CapabilityJson.Default.Recommendation)!;
        // The jobs alone count by now; the median of equal ones, by logarithms.
        recommendation.Earnings!.TokensPerBusyHour.ShouldBeInRange((40 * 3600) - 10, 40 * 3600);
        recommendation.Earnings.ShouldBe(new Earnings(recommendation.Earnings.TokensPerBusyHour * 7, recommendation.Earnings.TokensPerBusyHour, 1));
        (recommendation.Defaults.InputMsat, recommendation.Defaults.OutputMsat).ShouldBe((3, 7));
    }

    private static async Task AddJobAsync(MeteringTable metering, string request, string model, long now)
    {
        using var key = KeyPair.Generate();
        var record = new MeteringRecord
        {
            RequestId = request, NodeId = key.PublicKey.Npub, ModelId = model, PromptHash = "", InputTokens = 10, OutputTokens = 41, WallTimeMs = 1100, TtftMs = 100, BytesIn = 1, BytesOut = 1, Ts = now,
        };
        var row = MeteringTableTests.Row(request, ts: now) with { Model = model, OutputTokens = 41, Envelope = EnvelopeSealer.Seal(record, ProtocolJson.Default.MeteringRecord, key, now) };
        (await metering.AddAsync(row, Durability.Full)).ShouldBeNull();
    }

    [Theory]
    [InlineData("metering/summary")]
    [InlineData("metrics")]
    public async Task Get_ThroughAProxyOnThisMachine_IsRefused(string path)
    {
        await using var daemon = await TestDaemon.StartAsync(Role.Router);
        using var http = new HttpClient { BaseAddress = daemon.Base };
        (await http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);

        http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");

        (await http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}

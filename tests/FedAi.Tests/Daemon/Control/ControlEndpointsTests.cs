using System.Net;
using System.Text.Json.Nodes;
using FedAi.Daemon.Control;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Store;
using FedAi.TestKit;
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

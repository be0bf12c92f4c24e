using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Router;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Daemon.Router;

/// <summary>WIRE 3.10's order of admission, as far as the snapshot itself goes (ADM-02).</summary>
public sealed class SnapshotRulesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(60);

    [Theory]
    [InlineData(null, "missing-relay-discovery")]
    [InlineData("null", "missing-relay-discovery")]
    [InlineData("""{"relays":[],"options":{}}""", "relay-discovery-missing-timestamp")]
    [InlineData("""{"discoveredAtMs":1,"relays":7,"options":{}}""", "relay-discovery-invalid")]
    public void Problem_NoSnapshot_IsNamed(string? json, string problem) =>
        SnapshotRules.Problem(json is null ? null : JsonElement.Parse(json), Now, 24).ShouldBe(problem);

    [Theory]
    [InlineData(0, 2, null, null, null)]
    [InlineData(23, 2, 1.0, 2, null)]
    [InlineData(25, 2, null, null, "relay-discovery-expired")]
    [InlineData(-1, 2, null, null, "relay-discovery-future-timestamp")]
    [InlineData(0, 0, null, null, "relay-discovery-empty")]
    [InlineData(0, 2, 5.5, null, "relay-discovery-score-mismatch")]
    [InlineData(0, 3, 1.0, 2, "relay-discovery-exceeds-max-results")]
    public void Problem_Snapshot_IsJudgedByItsAgeAndItsOwnChoices(int hoursOld, int relays, double? minScore, int? maxResults, string? problem)
    {
        var options = new JsonObject();
        if (minScore is not null) options["minScore"] = minScore;
        if (maxResults is not null) options["maxResults"] = maxResults;
        var json = new JsonObject
        {
            ["discoveredAtMs"] = Now.AddHours(-hoursOld).ToUnixTimeMilliseconds(),
            ["relays"] = new JsonArray([.. Enumerable.Range(0, relays).Select(at => new JsonObject
            {
                ["url"] = $"wss://relay{at}.example", ["read"] = true, ["write"] = true, ["priority"] = 2.5, ["score"] = 5, ["tags"] = new JsonArray(), ["lastSeenMs"] = 1,
            })]),
            ["options"] = options,
        };

        SnapshotRules.Problem(JsonElement.Parse(json.ToJsonString()), Now, 24).ShouldBe(problem);
    }

    [Fact]
    public void Weight_ClaimThatIsIgnored_IsNothing()
    {
        var bands = new CapabilityBands { Cpu = "cpu_high", Ram = "ram_64_plus", Disk = "disk_ssd", Net = "net_good", Gpu = "gpu_24gb_plus" };

        ClaimRules.Weight(new NodeClaim(bands, 1000, 20), 0).ShouldBe(0.95);
        ClaimRules.Weight(new NodeClaim(bands, 1000, 20) { Ignored = "relay-discovery-expired" }, 0).ShouldBe(0);
    }
}

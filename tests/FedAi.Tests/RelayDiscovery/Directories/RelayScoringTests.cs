using System.Text;
using System.Text.Json;
using FedAi.Protocol.Json;
using FedAi.RelayDiscovery.Directories;
using FedAi.TestKit;

namespace FedAi.Tests.RelayDiscovery.Directories;

public sealed class RelayScoringTests
{
    private const long Now = 1_800_000_000_000;
    private static readonly Dictionary<Uri, double> NoTrust = [];

    [Fact]
    public void Rank_VectorsOfTheExistingSoftware_GiveTheSameRelaysInTheSameOrder()
    {
        string[] bootstrap = ["wss://relay.damus.io", "wss://relay.snort.social", "wss://eden.nostr.land", "wss://relay.nostr.info", "wss://rbr.bio"];
        var seen = 0;
        foreach (var (name, vector) in VectorFiles.Section("relayDiscovery"))
        {
            var options = vector.GetProperty("options");
            var claims = Strings(options, "bootstrapRelays", bootstrap).Select(text => new RelayClaim(Url(text), "bootstrap"))
                .Concat(Strings(options, "aggregatorUrls", []).SelectMany(directory => DirectoryDocument.TryRead(Encoding.UTF8.GetBytes(vector.GetProperty("directories").GetProperty(directory).GetRawText()), directory)!));
            var trust = options.TryGetProperty("trustScores", out var scores) ? scores.EnumerateObject().ToDictionary(one => Url(one.Name), one => one.Value.GetDouble()) : NoTrust;

            var ranked = RelayScoring.Rank(claims, trust, [], Now);
            var best = RelayScoring.Best(ranked, options.TryGetProperty("minScore", out var least) ? least.GetDouble() : 1, options.TryGetProperty("maxResults", out var most) ? most.GetInt32() : 25);

            var expected = JsonSerializer.Deserialize(vector.GetProperty("result").GetRawText().Replace("\"now\"", $"{Now}", StringComparison.Ordinal), ProtocolJson.Default.RelayDescriptorArray)!;
            best.Select(relay => JsonSerializer.Serialize(relay.Descriptor, ProtocolJson.Default.RelayDescriptor))
                .ShouldBe(expected.Select(relay => JsonSerializer.Serialize(relay, ProtocolJson.Default.RelayDescriptor)), name);
            seen++;
        }

        seen.ShouldBeGreaterThan(3);
    }

    [Fact]
    public void Rank_ScoreLatencyAndTrust_AddUpAndSaySo()
    {
        var ranked = RelayScoring.Rank([new RelayClaim(Url("a.example"), "d") { Score = 5, LatencyMs = 400 }], new Dictionary<Uri, double> { [Url("a.example")] = 3 }, [], Now).ShouldHaveSingleItem();

        ranked.Descriptor.Score.ShouldBe(6);
        ranked.Why.ShouldBe("5 by d, +3 by your trust, -2 for 400 ms");
    }

    [Theory]
    [InlineData(1e15, 0L)] // a directory that praises its own relays
    [InlineData(10.0, -1_000_000L)] // a latency that would add points
    public void Rank_ClaimsBeyondReason_CountForNoMoreThanTheBest(double score, long latency) =>
        RelayScoring.Rank([new RelayClaim(Url("a.example"), "d") { Score = score, LatencyMs = latency }], NoTrust, [], Now).Single().Descriptor.Score.ShouldBe(10);

    [Fact]
    public void Rank_NamedThreeTimes_IsOneRelayWithAllTagsTheNewestSightAndTheBestScore()
    {
        var ranked = RelayScoring.Rank(
        [
            new RelayClaim(Url("wss://a.example"), "one") { Score = 3, Tags = ["x"], LastSeenMs = 5 },
            new RelayClaim(Url("a.example:443"), "two") { Score = 8, Tags = ["y"], LastSeenMs = 9, Write = false },
            new RelayClaim(Url("https://a.example/"), "three") { Score = 2, Tags = ["x", "z"], LastSeenMs = 7, LatencyMs = 100, Write = false },
        ], NoTrust, [], Now).ShouldHaveSingleItem();

        ranked.Descriptor.Tags.ShouldBe(["x", "y", "z"]);
        (ranked.Descriptor.Score, ranked.Descriptor.LastSeenMs, ranked.Descriptor.LatencyMs, ranked.Descriptor.Write).ShouldBe((8, 9, 100, false));
        ranked.Sources.ShouldBe(["one", "two", "three"]);
        ranked.Why.ShouldStartWith("8 by two");
    }

    [Fact]
    public void Rank_Remembered_CountsOnlyForRelaysThatNobodyNames()
    {
        var old = RelayScoring.Rank([new RelayClaim(Url("old.example"), "d") { Score = 7 }, new RelayClaim(Url("a.example"), "d") { Score = 9 }], NoTrust, [], Now - 1000).Select(relay => relay.Descriptor);

        var ranked = RelayScoring.Rank([new RelayClaim(Url("a.example"), "d")], NoTrust, old, Now);

        ranked.Select(relay => (relay.Url.Host, relay.Descriptor.Score, relay.Sources[0])).ShouldBe([("old.example", 7, "memory"), ("a.example", 5, "d")]);
    }

    private static IEnumerable<string> Strings(JsonElement options, string name, IEnumerable<string> otherwise) =>
        options.TryGetProperty(name, out var list) ? list.EnumerateArray().Select(one => one.GetString()!) : otherwise;

    private static Uri Url(string text) => RelayUrl.TryNormalize(text, out var relay) ? relay : throw new FormatException(text);
}

using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Directories;

namespace FedAi.Tests.RelayDiscovery.Directories;

/// <summary>Relays as directories: peers' lists (NIP-65) and monitors (NIP-66), and what strangers cannot do with them.</summary>
public sealed class RelayEventsTests
{
    private const long Now = 1_800_000_000;

    private readonly KeyPair one = KeyPair.Generate();
    private readonly KeyPair two = KeyPair.Generate();
    private readonly KeyPair stranger = KeyPair.Generate();

    [Fact]
    public void Lists_OfAKnownPeer_NewestCounts()
    {
        var claims = RelayLists.Read(
            [List(one, Now - 10, "wss://old.example"), List(one, Now, "wss://new.example/", "relay.example", "ftp://x"), List(stranger, Now, "wss://evil.example")],
            author => author == Key(one));

        claims.Select(claim => claim.Url.AbsoluteUri).ShouldBe(["wss://new.example/", "wss://relay.example/"]);
    }

    [Fact]
    public void Lists_ForgedNewerOne_DoesNotHideTheRealOne()
    {
        var real = List(one, Now - 10, "wss://real.example");
        var forged = Forge(List(one, Now, "wss://evil.example"));

        RelayLists.Read([forged, real], _ => true).Single().Url.Host.ShouldBe("real.example");
    }

    [Fact]
    public void Lists_EndlessOne_CountsWithItsFirst() =>
        RelayLists.Read([List(one, Now, [.. Enumerable.Range(0, 500).Select(i => $"wss://r{i}.example")])], _ => true).Count.ShouldBe(20);

    [Fact]
    public void Monitors_TwoTrustedAgree_RelayIsNamedWithTheWorseOfWhatTheySay()
    {
        var claim = Read(Seen(one, "wss://a.example", ["rtt-open", "100"]), Seen(two, "a.example:443", ["rtt-open", "300"], ["R", "payment"])).ShouldHaveSingleItem();

        (claim.Url.AbsoluteUri, claim.LatencyMs, claim.Write, claim.LastSeenMs).ShouldBe(("wss://a.example/", 300, false, Now * 1000));
    }

    [Fact]
    public void Monitors_OneAlone_IsNotEnoughHoweverOftenItSaysSo() =>
        Read(Seen(one, "wss://a.example"), Seen(one, "a.example"), Seen(one, "https://a.example")).ShouldBeEmpty();

    [Fact]
    public void Monitors_Strangers_DoNotCount() =>
        Read(Seen(one, "wss://a.example"), Seen(stranger, "wss://a.example")).ShouldBeEmpty();

    [Fact]
    public void Monitors_ForgedInATrustedName_DoNotCount() =>
        Read(Seen(one, "wss://a.example"), Forge(Seen(two, "wss://a.example"))).ShouldBeEmpty();

    [Theory]
    [InlineData(3600, 3600, 1)]
    [InlineData(3600, 7201, 0)]
    [InlineData(999_999, 100_000, 1)] // no monitor may call a week fresh
    [InlineData(999_999, 200_000, 0)]
    public void Monitors_OldSight_CountsForTwiceTheMonitorsOwnPause(long frequency, long age, int expected)
    {
        var every = new List<IReadOnlyList<string>> { new[] { "frequency", $"{frequency}" } };
        Read(Seen(one, "wss://a.example"), NostrEvent.Sign(two, NostrKinds.RelayMonitor, Now - 5, every, ""), NostrEvent.Sign(two, NostrKinds.RelayDiscovery, Now - age, [["d", "wss://a.example"]], "")).Count.ShouldBe(expected);
    }

    [Theory]
    [InlineData("R", "!payment", true)]
    [InlineData("n", "clearnet", true)]
    [InlineData("n", "tor", false)]
    public void Monitors_Tag_IsUnderstood(string name, string value, bool named) =>
        (Read(Seen(one, "wss://a.example", [name, value]), Seen(two, "wss://a.example", [name, value])) is [{ Write: null }]).ShouldBe(named);

    private IReadOnlyList<RelayClaim> Read(params NostrEvent[] events) => RelayMonitors.Read(events, author => author == Key(one) || author == Key(two), Now);

    private static NostrEvent Seen(KeyPair monitor, string relay, params string[][] tags) =>
        NostrEvent.Sign(monitor, NostrKinds.RelayDiscovery, Now, [["d", relay], .. tags], "");

    private static NostrEvent List(KeyPair peer, long at, params string[] relays) =>
        NostrEvent.Sign(peer, NostrKinds.RelayList, at, [.. relays.Select(relay => (IReadOnlyList<string>)["r", relay])], "");

    /// <summary>Another content under the same id and signature.</summary>
    private static NostrEvent Forge(NostrEvent real)
    {
        var json = FedAi.TestKit.NostrTools.ToJson(real);
        json["content"] = "x";
        return NostrEvent.TryParse(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()), out var forged) ? forged : throw new InvalidOperationException();
    }

    private static Hex32 Key(KeyPair key) => Hex32.From(key.PublicKey);
}

using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Tests.Daemon.Peering;

/// <summary>The list of relays that a router publishes of itself (NIP-65).</summary>
public sealed class OwnRelayListTests
{
    private static readonly Uri Own = new("wss://router.example:8480/relay");

    [Fact]
    public void Tags_OwnRelayAndThoseConfigured_AreMarkedAsTheyAreUsed() => Text(new RelayOptions
    {
        Bootstrap = ["wss://read.example", "wss://both.example/"],
        Publish = ["wss://write.example", "wss://both.example", $"wss://pinned.example/relay#{new string('a', 64)}"],
    }).ShouldBe(
    [
        "r wss://router.example:8480/relay", "r wss://write.example/ write", "r wss://both.example/", "r wss://pinned.example/relay write", "r wss://read.example/ read",
    ]);

    /// <summary>Where the operator's own network ends, nobody learns what is in it.</summary>
    [Fact]
    public void Tags_RelaysThatMeanNothingElsewhere_AreLeftOut()
    {
        var options = new RelayOptions { AllowPlain = true, Publish = ["ws://127.0.0.1:8490/relay", "ws://localhost:8490/relay", "wss://192.168.1.5/relay", "wss://[fd00::1]/relay", "ws://plain.example"] };

        Text(options).ShouldBe(["r wss://router.example:8480/relay"]);
        Text(options, PrivateNetworks.Loopback).Length.ShouldBe(3);
        Text(options, PrivateNetworks.Lan).Length.ShouldBe(5);
    }

    [Fact]
    public void Tags_ManyRelays_AreCutOff() =>
        Text(new RelayOptions { Publish = [.. Enumerable.Range(0, 100).Select(i => $"wss://r{i}.example")] }).Length.ShouldBe(OwnRelayList.Most);

    /// <summary>Relays are not told the same thing anew: a restart sends the event they have.</summary>
    [Fact]
    public async Task Sign_SameListWhileItIsYoung_IsTheSameEventAlsoAfterARestart()
    {
        using var key = KeyPair.Generate();
        await using var store = new TestStore();
        var (list, other) = (OwnRelayList.Tags(Own, new RelayOptions(), default), OwnRelayList.Tags(new Uri("wss://moved.example/relay"), new RelayOptions(), default));
        Task<NostrEvent> SignAsync(IReadOnlyList<IReadOnlyList<string>> tags, long now) => SignAfterARestartAsync(key, store, tags, now);

        var first = await SignAsync(list, 1_000_000);
        (await SignAsync(list, 1_000_000 + 43_199)).Id.ShouldBe(first.Id);
        var refreshed = await SignAsync(list, 1_000_000 + 43_200);
        refreshed.CreatedAt.ShouldBe(1_000_000 + 43_200);
        var changed = await SignAsync(other, 1_000_000);
        changed.CreatedAt.ShouldBe(refreshed.CreatedAt + 1, "what is said later counts, also when the clock was set back");
        (await SignAsync(list, 1_000_000)).CreatedAt.ShouldBe(changed.CreatedAt + 1);
    }

    /// <summary>By other software's judgement, at our relay and at an independent one.</summary>
    [Theory, InlineData("own"), InlineData("npm")]
    public async Task Router_Started_ItsListIsAtItsRelays(string kind)
    {
        await using ITestRelay relay = kind == "own" ? await OwnRelay.StartAsync() : await NpmRelay.StartAsync();
        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Relays = new RelayOptions { Publish = [relay.Url.ToString()] } });
        await using var tools = new NostrTools();
        JsonArray found = [];

        await Patience.UntilAsync(async () => (found = await tools.FetchAsync(relay.Url, new JsonObject { ["kinds"] = new JsonArray(NostrKinds.RelayList) })).Count > 0);

        var list = found.ShouldHaveSingleItem()!;
        ((bool)list["verified"]!).ShouldBeTrue();
        ((string)list["event"]!["pubkey"]!).ShouldBe(router.Key.PublicKey.Hex);
        ((string)list["event"]!["content"]!).ShouldBe("");
        list["event"]!["tags"]!.AsArray().Select(tag => string.Join(' ', tag!.AsArray().Select(part => (string)part!)))
            .ShouldBe([$"r {RelayEndpoints.UrlOf(router.Base)}", $"r {relay.Url} write"]);
    }

    /// <summary>Whoever trusts the router meets it where it says, though it was never told of that place.</summary>
    [Fact]
    public async Task Router_PublishesElsewhereToo_WhoFollowsItComesThere()
    {
        await using var known = await OwnRelay.StartAsync();
        await using var elsewhere = await OwnRelay.StartAsync();
        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions { Relays = new RelayOptions { Publish = [known.Url.ToString(), elsewhere.Url.ToString()] } });
        await Patience.UntilAsync(() => known.Hub.Find([new NostrFilter { Kinds = new HashSet<int> { NostrKinds.RelayList } }]).Count > 0);

        await using var follower = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions
        {
            Relays = new RelayOptions { Bootstrap = [known.Url.ToString()] },
            Filter = new FilterOptions { Follow = [router.Key.PublicKey.Npub] },
        });

        await Patience.UntilAsync(() => follower.Services.GetRequiredService<RelayPool>().Status.Any(relay => relay.Relay == elsewhere.Url && relay.State is RelayState.Connected));
    }

    private static async Task<NostrEvent> SignAfterARestartAsync(KeyPair key, TestStore store, IReadOnlyList<IReadOnlyList<string>> tags, long now)
    {
        var (signed, refusal) = await new AnnouncementSigner(key, new FederationNetwork("main"), store.Tables.Announcements).SignRelaysAsync(tags, now);
        refusal.ShouldBeNull();
        signed!.Verify().ShouldBeTrue();
        return signed;
    }

    private static string[] Text(RelayOptions options, PrivateNetworks allowed = PrivateNetworks.None) => [.. OwnRelayList.Tags(Own, options, allowed).Select(tag => string.Join(' ', tag))];
}

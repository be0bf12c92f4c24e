using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Gateway;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Gateway;

public sealed class TrustTests : IDisposable
{
    private const int Relays = 50;

    private static readonly HttpClient Http = new();

    private readonly KeyPair user = KeyPair.Generate(), friend = KeyPair.Generate();

    public void Dispose()
    {
        user.Dispose();
        friend.Dispose();
    }

    /// <summary>W-N3: the existing software means to give points for every relay that shows a key, which anybody can buy with relays of his own.</summary>
    [Fact]
    public async Task Stranger_SeenOnFiftyRelays_StaysFiltered()
    {
        var asked = new ScriptedRunner();
        await using var stranger = await TestFederation.StartAsync(asked);
        await using var trusted = await TestFederation.StartAsync(new ScriptedRunner { Answer = _ => ["by a friend of a friend"] });
        var relays = await Task.WhenAll(Enumerable.Range(0, Relays).Select(_ => OwnRelay.StartAsync()));
        try
        {
            await using (var pool = await RunningPool.StartAsync([.. relays.Select(relay => relay.Url)]))
                (await pool.Pool.PublishAsync(new SampleAnnouncement(stranger.Router.Key, Now * 1000) { Endpoint = stranger.Router.Base.ToString(), Model = "scripted" }.SignCaps(), default)).Count(answer => answer.IsPublished).ShouldBe(Relays);
            // One list each, on one relay only: my friend, and the friend's router.
            await using (var pool = await RunningPool.StartAsync(relays[7].Url))
                foreach (var list in (NostrEvent[])[Follows(friend, trusted.Router.Key), Follows(user, friend)]) (await pool.Pool.PublishAsync(list, default)).ShouldAllBe(answer => answer.IsPublished);

            var options = new FedAiOptions { Relays = new RelayOptions { Bootstrap = [RelayOf(trusted.Router), .. relays.Select(relay => relay.Url.ToString())] } };
            await using var gateway = await TestDaemon.StartAsync(Role.Gateway, options, key: user);
            await using var trusting = await TestDaemon.StartAsync(Role.Gateway, options);
            var choice = gateway.Services.GetRequiredService<RouterChoice>();
            var scores = gateway.Services.GetRequiredService<TrustScores>();
            await Patience.UntilAsync(() => scores.Current.Of(Key(trusted.Router.Key)) == 250 && choice.Explain("scripted").Any(candidate => candidate.Router.Key.Equals(trusted.Router.Key.PublicKey)));
            // Who follows nobody hears it, so it was there to be heard.
            await Patience.UntilAsync(() => trusting.Services.GetRequiredService<RouterChoice>().Heard.Any(router => router.Key.Equals(stranger.Router.Key.PublicKey)));

            choice.Heard.ShouldHaveSingleItem().Key.ShouldBe(trusted.Router.Key.PublicKey);
            scores.Current.Of(Key(stranger.Router.Key)).ShouldBe(0);
            scores.Judge(stranger.Router.Key.PublicKey).ShouldBe(PeerStanding.Distrusted);
            for (var i = 0; i < 5; i++) (await AskAsync(gateway)).ShouldContain("by a friend of a friend");
            asked.Requests.ShouldBeEmpty();
        }
        finally
        {
            foreach (var relay in relays) await relay.DisposeAsync();
        }
    }

    /// <summary>A directory is asked when the daemon runs already, so its relays come later than the first look at the web of trust.</summary>
    [Fact]
    public async Task DirectoriesOnly_RootIsAskedWhomItFollowsBeforeAStrangerIsHeard()
    {
        using KeyPair trusted = KeyPair.Generate(), stranger = KeyPair.Generate();
        await using var relay = await OwnRelay.StartAsync();
        await using (var pool = await RunningPool.StartAsync(relay.Url))
            // The stranger's is newer, so the relay gives it first.
            foreach (var value in (NostrEvent[])[Follows(friend, trusted), Follows(user, friend), new SampleAnnouncement(trusted, (Now - 10) * 1000).SignCaps(), new SampleAnnouncement(stranger, Now * 1000).SignCaps()])
                (await pool.Pool.PublishAsync(value, default)).ShouldAllBe(answer => answer.IsPublished);
        await using var directory = await DirectoryServer.StartAsync(relay.Url);
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions
        {
            Relays = new RelayOptions { Directories = [directory.Url.ToString()] },
            Filter = new FilterOptions { Wot = new WotOptions { Roots = [user.PublicKey.Npub] } },
        });

        var known = gateway.Services.GetRequiredService<RouterDirectory>();
        await Patience.UntilAsync(() => known.Find(trusted.PublicKey) is not null);

        known.Find(stranger.PublicKey).ShouldBeNull();
    }

    [Fact]
    public async Task Commands_ShowWhoIsAskedAndWhy()
    {
        using var folder = new TempFolder();
        await using var known = await TestFederation.StartAsync(new ScriptedRunner());
        await using var other = await TestFederation.StartAsync(new ScriptedRunner());
        var options = new FedAiOptions
        {
            Relays = new RelayOptions { Bootstrap = [RelayOf(known.Router), RelayOf(other.Router)] },
            Filter = new FilterOptions { Follow = [known.Router.Key.PublicKey.Npub], Wot = new WotOptions { Enabled = false } },
        };
        await using (var gateway = await TestDaemon.StartAsync(Role.Gateway, options, key: user, dataFolder: folder.Path))
        {
            await Patience.UntilAsync(() => gateway.Services.GetRequiredService<RouterChoice>().Explain("scripted").Count == 2);
            await AskAsync(gateway);

            var listed = JsonNode.Parse((await Fedai.RunAsync("routers", "--data", folder.Path, "--json")).Output)!["routers"]!.AsArray();
            listed.Select(router => (string)router!["npub"]!).ShouldBe([known.Router.Key.PublicKey.Npub, other.Router.Key.PublicKey.Npub]);
            ((int)listed[0]!["trust"]!, (string)listed[0]!["standing"]!, (bool)listed[0]!["asked"]!).ShouldBe((500, "known", true));
            ((double)listed[0]!["latencyMs"]!).ShouldBeGreaterThan(0);
            listed[1]!["latencyMs"].ShouldBeNull();
            ((string)listed[1]!["why"]!).ShouldContain("latency +0.5 (not measured), trust +2");
            (await Fedai.RunAsync("routers", "--data", folder.Path)).Output.ShouldStartWith($"1. {known.Router.Key.PublicKey.Npub} ");
            (await Fedai.RunAsync("routers", "--data", folder.Path, "--model", "unheard-of")).ExitCode.ShouldBe(1);

            var told = (await Fedai.RunAsync("trust", "explain", known.Router.Key.PublicKey.Npub, "--data", folder.Path)).Output;
            told.ShouldContain("named in filter.follow");
            told.ShouldContain($"+500  {user.PublicKey.Npub}");
            told.ShouldContain("own experience: 1 good and 0 bad answers");
            ((string)JsonNode.Parse((await Fedai.RunAsync("trust", "explain", other.Router.Key.PublicKey.Hex, "--data", folder.Path, "--json")).Output)!["standing"]!).ShouldBe("stranger");
        }

        (await Fedai.RunAsync("trust", "explain", "npub1nonsense", "--data", folder.Path)).ExitCode.ShouldBe(2);
        var offline = await Fedai.RunAsync("trust", "explain", user.PublicKey.Npub, "--data", folder.Path);
        (offline.ExitCode, offline.Errors.Contains("fedai run", StringComparison.Ordinal)).ShouldBe((75, true));
        (await Fedai.RunAsync("routers", "--relay", RelayOf(other.Router))).Output.ShouldContain("trust 0 (stranger)");
    }

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static Hex32 Key(KeyPair key) => Hex32.From(key.PublicKey);

    private static NostrEvent Follows(KeyPair author, KeyPair followed) => NostrEvent.Sign(author, NostrKinds.FollowList, Now, [["p", followed.PublicKey.Hex]], "");

    private static string RelayOf(TestDaemon router) => string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{router.Base.Port}/relay");

    private static async Task<string> AskAsync(TestDaemon gateway)
    {
        using var body = new StringContent("""{"model":"scripted","messages":[{"role":"user","content":"hello"}]}""", Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync(new Uri(gateway.Base, "v1/chat/completions"), body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text;
    }
}

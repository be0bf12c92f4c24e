using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Trust;

public sealed class WebOfTrustTests : IAsyncDisposable
{
    private readonly TestStore store = new();
    private readonly ManualTime time = new();
    private readonly KeyPair own = KeyPair.Generate(), friend = KeyPair.Generate(), far = KeyPair.Generate(), stranger = KeyPair.Generate();
    private readonly TrustScores scores = new(PeerLists.Empty, new WotOptions());
    private readonly PeerExperience experience;
    private readonly WebOfTrust web;

    public WebOfTrustTests()
    {
        experience = new PeerExperience(time);
        web = Web(scores);
    }

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    public async ValueTask DisposeAsync()
    {
        foreach (var key in (KeyPair[])[own, friend, far, stranger]) key.Dispose();
        await store.DisposeAsync();
    }

    [Fact]
    public void Take_StepByStep_ReachesFriendsOfFriends()
    {
        web.Take(Follows(friend, far)).ShouldBeFalse("nobody vouches for its author yet");
        web.Take(Follows(own, friend)).ShouldBeTrue();
        Recompute();
        web.Authors.ShouldBe([Key(own), Key(friend)]);
        web.Take(Follows(friend, far)).ShouldBeTrue();
        Recompute();

        (Score(own), Score(friend), Score(far), Score(stranger)).ShouldBe((1000, 500, 250, 0));
        scores.Judge(far.PublicKey).ShouldBe(PeerStanding.Trusted);
        scores.Judge(stranger.PublicKey).ShouldBe(PeerStanding.Distrusted);
    }

    [Fact]
    public void Take_Forged_OrFromTheFuture_IsRefused()
    {
        var forged = Follows(stranger, stranger);
        var text = new System.Buffers.ArrayBufferWriter<byte>();
        forged.WriteTo(text);
        var json = System.Text.Encoding.UTF8.GetString(text.WrittenSpan).Replace(Key(stranger).ToString(), Key(own).ToString(), StringComparison.Ordinal);
        NostrEvent.TryParse(System.Text.Encoding.UTF8.GetBytes(json), out var named).ShouldBeTrue();

        web.Take(named!).ShouldBeFalse();
        web.Take(NostrEvent.Sign(own, NostrKinds.FollowList, Now + 601, [["p", Key(friend).ToString()]], "")).ShouldBeFalse();
        web.Take(Follows(own, friend)).ShouldBeTrue();
    }

    [Fact]
    public void Take_SameEventAgain_IsNoNews()
    {
        var follows = Follows(own, friend);
        web.Take(follows).ShouldBeTrue();
        web.Take(follows).ShouldBeFalse();
    }

    [Fact]
    public async Task Restore_AfterARestartWithoutRelays_KnowsTheSame()
    {
        web.Take(Follows(own, friend));
        Recompute();
        web.Take(Follows(friend, far));
        Recompute();
        await Patience.UntilAsync(() => store.Tables.Trust.Load().Count == 2);

        var restarted = new TrustScores(PeerLists.Empty, new WotOptions());
        Web(restarted).Restore();

        restarted.Current.Of(Key(far)).ShouldBe(250);
    }

    [Fact]
    public async Task Recompute_FriendIsNoFriendAnyMore_ForgetsWhatItSaid()
    {
        web.Take(Follows(own, friend));
        Recompute();
        web.Take(Follows(friend, far));
        Recompute();
        time.Move(TimeSpan.FromSeconds(1));
        web.Take(Follows(own, stranger));
        Recompute();

        (Score(friend), Score(far), Score(stranger)).ShouldBe((0, 0, 500));
        await Patience.UntilAsync(() => store.Tables.Trust.Load() is [var only] && only.Author == Key(own));
    }

    [Fact]
    public void Recompute_OwnExperience_WeighsIn()
    {
        web.Take(Follows(own, friend));
        for (var i = 0; i < 5; i++)
        {
            experience.Failed(friend.PublicKey);
            experience.Succeeded(stranger.PublicKey);
        }

        Recompute();

        Score(friend).ShouldBeInRange(150, 180);
        Score(stranger).ShouldBe(0);
    }

    [Fact]
    public void Explain_SaysWhereTheNumberComesFrom()
    {
        web.Take(Follows(own, friend, stranger));
        Recompute();
        web.Take(Follows(friend, far));
        web.Take(NostrEvent.Sign(stranger, NostrKinds.Report, Now, [["p", Key(far).ToString(), "spam"]], ""));
        Recompute();
        experience.Succeeded(far.PublicKey);

        var told = web.Explain(Key(far));

        told.Score.ShouldBe(0); // 250 by friend, less 250 by the reporter
        told.Vouched.ShouldBe(250);
        told.Denied.ShouldBe(250);
        told.Paths.ShouldHaveSingleItem().Via.ShouldBe([Key(own), Key(friend)]);
        told.Denials.ShouldHaveSingleItem().ShouldBe(new TrustDenial(Key(stranger), Reports: true, 250));
        told.Experience!.Good.ShouldBe(1);
        web.Explain(Key(friend)).Paths.ShouldHaveSingleItem().Via.ShouldBe([Key(own)]);
        web.Explain(Key(own)).IsRoot.ShouldBeTrue();
    }

    private WebOfTrust Web(TrustScores into) => new(into, TrustSources.Of(Key(own), PeerLists.Empty, new WotOptions()), experience, store.Tables.Trust, store.Tables.Experience, time);

    private NostrEvent Follows(KeyPair author, params KeyPair[] keys) =>
        NostrEvent.Sign(author, NostrKinds.FollowList, Now, [.. keys.Select(key => (string[])["p", Key(key).ToString()])], "");

    private void Recompute()
    {
        web.Recompute();
        web.Publish();
    }

    private int Score(KeyPair key) => scores.Current.Of(Key(key));

    private static Hex32 Key(KeyPair key) => Hex32.From(key.PublicKey);
}

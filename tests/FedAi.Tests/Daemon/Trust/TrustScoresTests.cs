using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;

namespace FedAi.Tests.Daemon.Trust;

public sealed class TrustScoresTests
{
    private static readonly PublicKey Alice = KeyPair.Generate().PublicKey;
    private static readonly PublicKey Bob = KeyPair.Generate().PublicKey;

    [Fact]
    public void Judge_NoWeb_KnowsOnlyStrangers()
    {
        var trust = new TrustScores(PeerLists.Empty, new WotOptions());

        trust.Judge(Alice).ShouldBe(PeerStanding.Stranger);
        trust.Filters.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(1000, true)]
    public void Judge_Web_AsksForTheLeastScore(int score, bool trusted)
    {
        var trust = new TrustScores(PeerLists.Empty, new WotOptions { MinScore = 10 });
        trust.Publish(Web((Alice, score)));

        trust.Judge(Alice).ShouldBe(trusted ? PeerStanding.Trusted : PeerStanding.Distrusted);
        trust.Current.Of(Hex32.From(Alice)).ShouldBe(score);
        trust.Current.Of(Hex32.From(Bob)).ShouldBe(0);
    }

    [Fact]
    public void Judge_FilterSwitchedOff_RanksOnly()
    {
        var trust = new TrustScores(PeerLists.Empty, new WotOptions { Enabled = false });
        trust.Publish(Web((Alice, 500)));

        trust.Judge(Alice).ShouldBe(PeerStanding.Trusted);
        trust.Judge(Bob).ShouldBe(PeerStanding.Stranger);
    }

    [Fact]
    public void Judge_OperatorsOwnWord_BeatsTheWeb()
    {
        TrustScores With(PeerLists lists)
        {
            var trust = new TrustScores(lists, new WotOptions());
            trust.Publish(new TrustSnapshot(new Dictionary<Hex32, int> { [Hex32.From(Alice)] = 500 }, new HashSet<Hex32> { Hex32.From(Bob) }, hasWeb: true));
            return trust;
        }

        With(PeerLists.Empty with { Block = Set(Alice), Allow = Set(Alice) }).Judge(Alice).ShouldBe(PeerStanding.Blocked);
        With(PeerLists.Empty with { Mute = Set(Alice), Allow = Set(Alice) }).Judge(Alice).ShouldBe(PeerStanding.Muted);
        With(PeerLists.Empty with { Allow = Set(Bob) }).Judge(Alice).ShouldBe(PeerStanding.NotAllowed);
        With(PeerLists.Empty).Judge(Bob).ShouldBe(PeerStanding.Muted);
        With(PeerLists.Empty with { Follow = Set(Alice) }).Judge(Alice).ShouldBe(PeerStanding.Known);
        With(PeerLists.Empty with { Named = Set(Alice) }).Judge(Alice).ShouldBe(PeerStanding.Known);
    }

    [Fact]
    public void NextChange_CompletesWhenSomebodyNewIsHeard()
    {
        var trust = new TrustScores(PeerLists.Empty, new WotOptions { MinScore = 10 });
        bool Publishing(TrustSnapshot next)
        {
            var change = trust.NextChange();
            trust.Publish(next);
            return change.IsCompleted;
        }

        Publishing(TrustSnapshot.Empty).ShouldBeFalse();
        Publishing(Web((Alice, 9))).ShouldBeTrue("the filter came into force");
        Publishing(Web((Alice, 9))).ShouldBeFalse();
        Publishing(Web((Alice, 10))).ShouldBeTrue();
        Publishing(Web((Alice, 700), (Bob, 9))).ShouldBeFalse();
        Publishing(Web((Bob, 500))).ShouldBeTrue();
        Publishing(Web()).ShouldBeFalse();
        Publishing(TrustSnapshot.Empty).ShouldBeTrue("the filter ended");
    }

    [Fact]
    public void MostTrusted_AreTheNamedOnesAndThenByScore()
    {
        var (carol, dave) = (KeyPair.Generate().PublicKey, KeyPair.Generate().PublicKey);
        var trust = new TrustScores(PeerLists.Empty with { Follow = Set(carol), Block = Set(dave) }, new WotOptions { MinScore = 10 });
        trust.Publish(Web((Alice, 10), (Bob, 500), (dave, 500), (KeyPair.Generate().PublicKey, 9)));

        trust.MostTrusted(10).ShouldBe([Hex32.From(carol), Hex32.From(Bob), Hex32.From(Alice)]);
        trust.MostTrusted(2).ShouldBe([Hex32.From(carol), Hex32.From(Bob)]);
    }

    [Fact]
    public void Judge_Allocates_Nothing()
    {
        var trust = new TrustScores(PeerLists.Empty with { Block = Set(Bob) }, new WotOptions());
        trust.Publish(Web((Alice, 500)));
        var (alice, bob) = (Hex32.From(Alice), Hex32.From(Bob));
        trust.Judge(alice);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) _ = (trust.Judge(alice), trust.Judge(bob), trust.Current.Of(alice));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Lists_MalformedEntries_AreReportedTogether()
    {
        var told = Should.Throw<FormatException>(() => PeerLists.From(new FilterOptions { Allow = [Alice.Npub, "npub1nonsense"], Block = ["x"] })).Message;

        told.ShouldContain("filter.allow holds \"npub1nonsense\"");
        told.ShouldContain("filter.block holds \"x\"");
    }

    private static TrustSnapshot Web(params (PublicKey Key, int Score)[] scores) =>
        new(scores.ToDictionary(one => Hex32.From(one.Key), one => one.Score), new HashSet<Hex32>(), hasWeb: true);

    private static HashSet<PublicKey> Set(params PublicKey[] keys) => [.. keys];
}

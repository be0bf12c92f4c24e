using FedAi.Daemon.Trust;

namespace FedAi.Tests.Daemon.Trust;

public sealed class TrustFlowTests
{
    private const int Root = TrustGraphs.Root, Friend = 1, Other = 2, Far = 3, Farther = 4;

    private readonly TrustGraphs web = new();

    [Fact]
    public void Score_FallsWithEveryStep()
    {
        web.Follow(Root, Friend);
        web.Follow(Friend, Far);
        web.Follow(Far, Farther);

        int Of(int key) => web.Score(key, TrustGraphs.Sources(depth: 3));
        (Of(Root), Of(Friend), Of(Far), Of(Farther), Of(99)).ShouldBe((1000, 500, 250, 125, 0));
    }

    [Fact]
    public void Score_BeyondTheDepth_IsNothing()
    {
        web.Follow(Root, Friend);
        web.Follow(Friend, Far);
        web.Follow(Far, Farther);

        web.Score(Far).ShouldBe(250);
        web.Score(Farther).ShouldBe(0);
        web.Score(Far, TrustGraphs.Sources(depth: 1)).ShouldBe(0);
    }

    [Fact]
    public void Score_OfMany_SharesWhatTheirFollowerHas()
    {
        web.Follow(Root, Friend);
        web.Follow(Friend, Enumerable.Range(10, 100));

        web.Score(10).ShouldBe(2);
        web.Score(109).ShouldBe(2);
    }

    [Fact]
    public void Score_VouchedForBySeveral_AddsUp()
    {
        web.Follow(Root, Friend, Other);
        web.Follow(Friend, Far, Farther);
        web.Follow(Other, Far);

        web.Score(Far).ShouldBe(125 + 250);
        web.Score(Farther).ShouldBe(125);
    }

    [Fact]
    public void Score_FollowOfManyThousands_VouchesForNone()
    {
        web.Follow(Root, Friend);
        web.Follow(Friend, Enumerable.Range(10, 6000));

        web.Score(10).ShouldBe(0);
    }

    [Fact]
    public void Score_OperatorsFollowsAndSeveralRoots_StartAlike()
    {
        web.Follow(Friend, Far);

        web.Score(Far, TrustGraphs.Sources(followed: [Friend])).ShouldBe(250);
        web.Score(Far, TrustGraphs.Sources(roots: [Root, Friend])).ShouldBe(500);
        web.Snapshot(TrustGraphs.Sources(followed: [Friend])).HasWeb.ShouldBeTrue();
        web.Snapshot(TrustGraphs.Sources(roots: [Root, Friend])).HasWeb.ShouldBeTrue();
        web.Snapshot().HasWeb.ShouldBeFalse();
    }

    [Fact]
    public void Score_ManyRootsOfOneMind_CannotGiveMoreThanAFriendHas()
    {
        for (var root = 0; root < 5; root++) web.Follow(root, 10);

        web.Score(10, TrustGraphs.Sources(roots: [0, 1, 2, 3, 4])).ShouldBe(500);
    }

    [Fact]
    public void Mute_OfARoot_EndsAllTrustInAndThroughTheKey()
    {
        web.Follow(Root, Friend, Other);
        web.Follow(Friend, Far);
        web.Mute(Root, Friend);

        web.Score(Friend).ShouldBe(0);
        web.Score(Far).ShouldBe(0);
        web.Score(Other).ShouldBe(500);
        web.Snapshot().Mutes(TrustGraphs.Key(Friend)).ShouldBeTrue();
    }

    [Fact]
    public void Mute_OfAFriend_TakesHalfOfWhatTheFriendHas()
    {
        web.Follow(Root, Friend, Other);
        web.Follow(Other, Far);
        web.Mute(Friend, Other);

        web.Score(Other).ShouldBe(500 - 250);
        web.Score(Far).ShouldBe(125); // what was taken from Other it cannot pass on
    }

    [Fact]
    public void Report_AndMute_OfOneAuthor_CountOnce()
    {
        web.Follow(Root, Friend, Other);
        web.Mute(Friend, Other);
        web.Report(Friend, Other);

        web.Score(Other).ShouldBe(250);
    }

    [Fact]
    public void Report_OfAStranger_ChangesNothing()
    {
        web.Follow(Root, Friend);
        for (var stranger = 100; stranger < 1100; stranger++)
        {
            web.Report(stranger, Friend);
            web.Mute(stranger, Friend, Root);
        }

        web.Score(Friend).ShouldBe(500);
    }

    [Fact]
    public void KeptOut_ByTheOperator_PassesNothingOn()
    {
        web.Follow(Root, Friend, Other);
        web.Follow(Friend, Far);

        var sources = TrustGraphs.Sources(keptOut: [Friend]);
        (web.Score(Friend, sources), web.Score(Far, sources), web.Score(Other, sources)).ShouldBe((0, 0, 500));
    }

    [Fact]
    public void Ranks_OfPinnedProviders_AddALittle()
    {
        web.Follow(Root, Friend);
        web.Rank(50, Friend, 100);
        web.Rank(50, Far, 50);
        web.Rank(51, Far, 100);
        web.Rank(52, Far, 100);

        var sources = TrustGraphs.Sources(providers: [50, 51]);
        web.Score(Friend, sources).ShouldBe(700);
        web.Score(Far, sources).ShouldBe(150);
        web.Score(Far).ShouldBe(0);
    }

    [Fact]
    public void Authors_AreThoseWhoseWordsCount_MostTrustedFirst()
    {
        web.Follow(Root, Friend, Other);
        web.Follow(Friend, Far);
        web.Follow(Other, Far);
        web.Follow(Far, Farther);

        web.Flow(depth: 2).Authors().ShouldBe([TrustGraphs.Key(Root), TrustGraphs.Key(Friend), TrustGraphs.Key(Other)]);
        web.Flow(depth: 3).Authors().Last().ShouldBe(TrustGraphs.Key(Far));
    }

    [Fact]
    public void Take_OlderWord_ChangesNothing()
    {
        web.Follow(Root, Friend);
        var newest = web.Graph.Find(TrustGraphs.Key(Root))!.Follows!;

        web.Graph.Take(newest with { CreatedAt = newest.CreatedAt - 1, Keys = [] }).ShouldBeFalse();
        web.Graph.Take(newest).ShouldBeFalse();
        web.Score(Friend).ShouldBe(500);
        web.Graph.Take(newest with { CreatedAt = newest.CreatedAt + 1, Keys = [] }).ShouldBeTrue();
        web.Score(Friend).ShouldBe(0);
    }

    [Fact]
    public void Take_BeyondTheRoom_IsRefusedUntilAnAuthorIsForgotten()
    {
        for (var author = 0; author < 500; author++) web.Follow(author, Enumerable.Range(1000, 2000)).ShouldBeTrue();
        web.Graph.Edges.ShouldBe(TrustGraph.MaxEdges);

        web.Follow(600, 1).ShouldBeFalse();
        web.Follow(7, 1).ShouldBeTrue();
        web.Follow(600, 1).ShouldBeTrue();
        web.Graph.Forget(TrustGraphs.Key(8));
        web.Graph.Edges.ShouldBe(498 * 2000 + 2);
    }
}

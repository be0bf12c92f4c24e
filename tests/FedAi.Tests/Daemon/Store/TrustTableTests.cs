using FedAi.Daemon.Store;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;
using FedAi.Tests.Daemon.Trust;

namespace FedAi.Tests.Daemon.Store;

public sealed class TrustTableTests
{
    [Fact]
    public async Task Save_NewerWordOfTheSameKind_TakesThePlaceOfTheOlder()
    {
        await using var store = new TestStore();
        var list = new TrustStatement(TrustGraphs.Key(1), NostrKinds.FollowList, default, 5, TrustGraphs.Key(100), [TrustGraphs.Key(2), TrustGraphs.Key(3)], 0);
        var report = new TrustStatement(TrustGraphs.Key(1), NostrKinds.Report, TrustGraphs.Key(9), 6, TrustGraphs.Key(101), [], 0);
        var other = report with { Subject = TrustGraphs.Key(8) };
        foreach (var statement in (TrustStatement[])[list, list with { CreatedAt = 7, Keys = [TrustGraphs.Key(4)] }, report, other])
            (await store.Tables.Trust.SaveAsync(statement)).ShouldBeNull();

        var kept = store.Tables.Trust.Load();
        kept.Count.ShouldBe(3);
        kept.Single(statement => statement.Kind == NostrKinds.FollowList).ShouldSatisfyAllConditions(
            one => one.Keys.ShouldBe([TrustGraphs.Key(4)]), one => one.CreatedAt.ShouldBe(7), one => one.Author.ShouldBe(TrustGraphs.Key(1)), one => one.Id.ShouldBe(TrustGraphs.Key(100)));
        kept.Where(statement => statement.Kind == NostrKinds.Report).Select(statement => statement.Subject).ShouldBe([TrustGraphs.Key(9), TrustGraphs.Key(8)], ignoreOrder: true);
    }

    [Fact]
    public async Task Forget_Author_LeavesOthers()
    {
        await using var store = new TestStore();
        foreach (var author in (int[])[1, 2])
            await store.Tables.Trust.SaveAsync(new TrustStatement(TrustGraphs.Key(author), NostrKinds.MuteList, default, 5, TrustGraphs.Key(100), [], 0));

        (await store.Tables.Trust.ForgetAsync(TrustGraphs.Key(1))).ShouldBeNull();

        store.Tables.Trust.Load().ShouldHaveSingleItem().Author.ShouldBe(TrustGraphs.Key(2));
    }
}

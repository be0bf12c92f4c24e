using FedAi.Daemon.Store;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Nostr;

namespace FedAi.Tests.Daemon.Trust;

/// <summary>
/// Keys cost nothing. Whatever ten thousand of them do, their scores together are at most one edge for each follow that a key
/// outside gives one of them.
/// </summary>
public sealed class FreeKeysTests
{
    private const int Free = 10_000, FirstFree = 100_000;

    [Theory]
    [InlineData("ring")]
    [InlineData("star")]
    [InlineData("tree")]
    [InlineData("stuffed")]
    [InlineData("random")]
    [InlineData("flattering")]
    [InlineData("slandering")]
    [InlineData("rewritten")]
    public void Scores_OfFreeKeys_AreBoundedByTheFollowsTheyGotFromOutside(string trick)
    {
        for (var seed = 0; seed < 3; seed++)
        {
            var random = new Random(seed);
            var web = new TrustGraphs();
            var given = Honest(web, random, honest: 50, free: Free, most: seed * 5);
            Play(web, trick, random, Free, honest: 50);

            foreach (var depth in (int[])[1, 2, 4]) Check(web, depth, given, Free);
        }
    }

    [Fact]
    public void Scores_OfAnySmallGraph_AreBounded()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var web = new TrustGraphs();
            var (honest, free) = (random.Next(1, 12), random.Next(1, 30));
            var given = Honest(web, random, honest, free, most: free);
            foreach (var trick in (string[])["random", "slandering", "rewritten"]) Play(web, trick, random, free, honest);

            Check(web, random.Next(1, 5), given, free);
        }
    }

    [Fact]
    public void Scores_NoFollowFromOutside_AreAllNothing()
    {
        foreach (var trick in (string[])["ring", "stuffed", "flattering"])
        {
            var random = new Random(1);
            var web = new TrustGraphs();
            Honest(web, random, honest: 50, free: Free, most: 0).ShouldBe(0);
            Play(web, trick, random, Free, honest: 50);

            var snapshot = web.Snapshot(TrustGraphs.Sources(depth: 4));
            Enumerable.Range(FirstFree, Free).Sum(key => snapshot.Of(TrustGraphs.Key(key))).ShouldBe(0);
        }
    }

    [Fact]
    public void Follows_OfFreeKeys_TakeNothingFromOthers()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            TrustSnapshot Scores(bool attacked)
            {
                var (random, web) = (new Random(seed), new TrustGraphs());
                Honest(web, random, honest: 50, free: 500, most: 20);
                if (attacked) Play(web, "flattering", random, 500, honest: 50);
                return web.Snapshot(TrustGraphs.Sources(depth: 3));
            }

            var (before, after) = (Scores(attacked: false), Scores(attacked: true));
            for (var key = 0; key < 50; key++) after.Of(TrustGraphs.Key(key)).ShouldBeGreaterThanOrEqualTo(before.Of(TrustGraphs.Key(key)));
        }
    }

    /// <summary>A root follows one of a ring, and all of them answer well for as long as it takes.</summary>
    [Theory]
    [InlineData(1, 625)]
    [InlineData(2, 937)]
    [InlineData(3, 997)]
    [InlineData(4, 993)]
    public void Scores_OfFreeKeysThatServeWell_StayBelowOneEdge(int depth, int sum)
    {
        var web = new TrustGraphs();
        web.Follow(TrustGraphs.Root, FirstFree);
        for (var number = 0; number < 100; number++) web.Follow(FirstFree + number, FirstFree + (number + 1) % 100);
        var keys = Enumerable.Range(FirstFree, 100).Select(TrustGraphs.Key).ToList();

        keys.Sum(key => web.Snapshot(TrustGraphs.Sources(depth), ServedWell(keys)).Of(key)).ShouldBeInRange(sum - 10, Math.Min(sum, TrustSnapshot.Full));
    }

    /// <summary>More good answers than anybody gives.</summary>
    private static PeerExperience ServedWell(IEnumerable<Hex32> keys)
    {
        var experience = new PeerExperience(TimeProvider.System);
        experience.Restore(keys.Select(key => new ExperienceRow(key, Good: 1_000_000, Bad: 0, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())));
        return experience;
    }

    /// <summary>Honest keys follow each other, and the root and some of them free keys: gives how many such follows there are.</summary>
    private static int Honest(TrustGraphs web, Random random, int honest, int free, int most)
    {
        var given = 0;
        for (var author = 0; author < honest; author++)
        {
            var friends = Enumerable.Range(0, random.Next(8)).Select(_ => random.Next(honest)).Where(friend => friend != author).Distinct();
            var fooled = Enumerable.Range(0, author == 0 ? most : random.Next(4) == 0 ? random.Next(most + 1) : 0).Select(_ => FirstFree + random.Next(free)).Distinct().ToList();
            given += fooled.Count;
            web.Follow(author, friends.Concat(fooled));
        }

        return given;
    }

    private static void Play(TrustGraphs web, string trick, Random random, int free, int honest)
    {
        IEnumerable<int> Some(int most) => Enumerable.Range(0, random.Next(1, most)).Select(_ => FirstFree + random.Next(free)).Distinct();
        for (var number = 0; number < free; number++)
        {
            var key = FirstFree + number;
            _ = trick switch
            {
                "ring" => web.Follow(key, FirstFree + (number + 1) % free),
                "star" => web.Follow(key, number == 0 ? Enumerable.Range(FirstFree + 1, 2000) : [FirstFree]),
                "tree" => web.Follow(key, FirstFree + (2 * number + 1) % free, FirstFree + (2 * number + 2) % free),
                "stuffed" => web.Follow(key, Enumerable.Range(0, 100).Select(step => FirstFree + (number + step * 97) % free)),
                "flattering" => web.Follow(key, Enumerable.Range(0, honest).Concat(Some(10))),
                "slandering" => web.Mute(key, Enumerable.Range(0, honest)) | web.Follow(key, Some(3)) | web.Report(key, random.Next(honest)),
                // Says one thing after the other: only the newest word counts, and each is as bounded as the first.
                "rewritten" => web.Follow(key, Some(50)) | web.Follow(key, Some(3)) | web.Follow(key, Some(20)),
                _ => web.Follow(key, Some(40)),
            };
        }
    }

    private static void Check(TrustGraphs web, int depth, int given, int free)
    {
        var flow = web.Flow(depth);
        var keys = Enumerable.Range(FirstFree, free).Select(TrustGraphs.Key).ToList();
        var snapshot = web.Snapshot(TrustGraphs.Sources(depth), ServedWell(keys));

        keys.Sum(flow.Vouched).ShouldBeLessThanOrEqualTo(given * TrustFlow.Edge);
        keys.Sum(key => (long)snapshot.Of(key)).ShouldBeLessThanOrEqualTo((long)given * TrustSnapshot.Full);
        keys.ShouldAllBe(key => snapshot.Of(key) >= 0 && snapshot.Of(key) <= TrustSnapshot.Full);
    }
}

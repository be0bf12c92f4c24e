using System.Diagnostics;
using System.Globalization;
using FedAi.Daemon.Store;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Nostr;

namespace FedAi.Benchmarks.Rows;

/// <summary>Scores made anew over the largest graph a daemon keeps, and looked up as ingest does.</summary>
internal static class TrustRow
{
    private const int Rounds = 5;
    private const int Keys = TrustGraph.MaxKeys;
    private const int Follows = TrustGraph.MaxEdges;
    private const int Friends = 2000;
    private const int Mutes = 10;
    private const int LookUps = 1_000_000;
    private const int Batch = 10_000;

    public static Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken) =>
        Task.Run(() => Measure(progress, cancellationToken), cancellationToken);

    private static IReadOnlyList<Figure> Measure(Progress progress, CancellationToken cancellationToken)
    {
        progress.Say(Number($"making {Keys} keys and {Follows} follows and mutes"));
        var random = new Random(1);
        var keys = Enumerable.Range(0, Keys).Select(_ => Key(random)).ToArray();
        var graph = MakeGraph(keys, random);
        var sources = new TrustSources([keys[0]], new HashSet<Hex32>(), new HashSet<Hex32>(), [], MaxDepth: 2);
        var experience = new PeerExperience(TimeProvider.System);
        var scores = new TrustScores(PeerLists.Empty, new WotOptions());
        // Half of what is looked up are keys that nobody vouches for, in no order.
        var asked = Enumerable.Range(0, LookUps).Select(at => at % 2 == 0 ? keys[random.Next(Keys)] : Key(random)).ToArray();

        TrustSnapshot Make() => TrustScoring.Snapshot(graph, TrustFlow.Over(graph, sources), sources, experience);
        scores.Publish(Make());
        List<double> made = [], found = [], judged = [];
        // By batch too: a collection that another thread starts counts the unused rest of this thread's buffer as allocated.
        List<double> allocated = [];
        var heard = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            made.Add(Seconds(() => scores.Publish(Make())));
            var snapshot = scores.Current;
            // In batches shorter than a time slice, so that another process on the core spoils one and not all.
            foreach (var batch in asked.Chunk(Batch))
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var start = Stopwatch.GetTimestamp();
                foreach (var key in batch) heard += snapshot.Of(key);
                var between = Stopwatch.GetTimestamp();
                foreach (var key in batch) heard += scores.Judge(key) is PeerStanding.Trusted ? 1 : 0;
                var end = Stopwatch.GetTimestamp();
                allocated.Add((GC.GetAllocatedBytesForCurrentThread() - before) / (2.0 * Batch));
                found.Add(Stopwatch.GetElapsedTime(start, between).TotalNanoseconds / Batch);
                judged.Add(Stopwatch.GetElapsedTime(between, end).TotalNanoseconds / Batch);
            }

            progress.Say(Number($"round {round} of {Rounds}: made in {made[^1] * 1000:0} ms, looked up in {Statistics.Median(found):0} ns, judged in {Statistics.Median(judged):0} ns"));
        }

        var (make, find, judge) = (Statistics.Median(made), Statistics.Median(found), Statistics.Median(judged));
        return
        [
            new Figure(Number($"trust scores over {Keys} keys and {graph.Edges} follows and mutes"), "≤ 1 s", Number($"{make * 1000:0} ms"), make <= 1, Number($"{scores.Current.Count} keys with a score")),
            new Figure("trust score looked up", "≤ 100 ns", Number($"{find:0} ns"), find <= 100 && heard > 0, Number($"once more with the lists {judge:0} ns")),
            new Figure("bytes allocated by a look-up", "0", Number($"{Statistics.Median(allocated):0.##}"), Statistics.Median(allocated) == 0),
        ];
    }

    /// <summary>A root's friends follow some hundreds each, as people do, and mute a few.</summary>
    private static TrustGraph MakeGraph(Hex32[] keys, Random random)
    {
        var graph = new TrustGraph();
        void Say(int author, int kind, Hex32[] named) => graph.Take(new TrustStatement(keys[author], kind, default, 1, keys[author], named, 0));
        Say(0, NostrKinds.FollowList, keys[1..(Friends + 1)]);
        var each = Follows / Friends - Mutes - 1;
        for (var friend = 1; friend <= Friends; friend++)
        {
            Say(friend, NostrKinds.FollowList, Some(keys, each, random));
            Say(friend, NostrKinds.MuteList, Some(keys, Mutes, random));
        }

        return graph;
    }

    private static Hex32[] Some(Hex32[] keys, int count, Random random)
    {
        var some = new HashSet<Hex32>(count);
        while (some.Count < count) some.Add(keys[random.Next(keys.Length)]);
        return [.. some];
    }

    private static Hex32 Key(Random random)
    {
        Span<byte> bytes = stackalloc byte[Hex32.Bytes];
        random.NextBytes(bytes);
        return Hex32.From(bytes);
    }

    private static double Seconds(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

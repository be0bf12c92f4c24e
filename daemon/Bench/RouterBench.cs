using FedAi.Daemon.Capability;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Bench;

/// <summary>
/// The benchmark of a router, on the product's own paths: many requests at once, decisions under load, nodes that fail, many peers at once,
/// logging, and short memory. The routers measured are processes of their own.
/// </summary>
internal sealed class RouterBench(RouterBenchInput input, BenchClock clock, TimeProvider time)
{
    /// <summary>Fewer fail than a router tries nodes for a request, so that every one can be answered.</summary>
    private const int FailingNodes = 2;

    private const int Nodes = 8, Connections = 16, PromptBytes = 200;

    /// <summary>Of the heap of the router whose memory is short: little more than it needs when idle.</summary>
    private const int ShortHeapMegabytes = 48;

    private const int MemoryBytes = 32 << 20;

    private const int PressureConnections = 64, PressurePromptBytes = 64 * 1024;

    private readonly RoundRobin robin = new(clock, leastRounds: input.Short ? 2 : 5);
    private readonly int least = input.Short ? 2 : 5;
    private readonly int perRound = input.Short ? 16 : 200;

    public async Task<BenchResult> RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow().ToUnixTimeMilliseconds();
        using var end = new PeerDeadline(clock.End - clock.Elapsed, clock.Time, cancellationToken);
        try
        {
            await MeasureAsync(end.Token);
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested || end.Expired(exception))
        {
            // What was measured so far is kept.
            if (!cancellationToken.IsCancellationRequested) robin.Skip("the rest: there was no time left for it");
        }

        return new BenchResult
        {
            Suite = BenchResult.RouterSuite,
            Seed = input.Seed,
            TimestampMs = started,
            DurationMs = (long)clock.Elapsed.TotalMilliseconds,
            Short = input.Short,
            Partial = cancellationToken.IsCancellationRequested,
            Checksum = robin.Checksum,
            SoftwareVersion = input.Version,
            CpuScore = robin.Median(FigureNames.Integer),
            MemoryMBps = robin.Median(FigureNames.MemoryCopy),
            DiskMBps = robin.Median(FigureNames.DiskWrite),
            Figures = robin.Figures,
            Skipped = robin.Skipped,
        };
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        using (var disk = DiskWork.TryOpen(input.DataFolder, input.Short ? 8 : 32, input.Seed, out var problem))
        {
            if (disk is null) robin.Skip($"disk: {problem}");
            var tasks = new CpuWork(input.Seed).Tasks.Concat(new MemoryWork(input.Seed, MemoryBytes, threads: 1).Tasks).Concat(disk?.Tasks ?? []).ToList();
            await Task.Run(() => robin.Run(tasks, clock.Budget * 0.1, cancellationToken), CancellationToken.None);
        }

        clock.Say("starting routers and nodes");
        await using var nodes = await BenchNodes.StartAsync(FanOutWork.Peers, time, cancellationToken);
        using var load = new RouterLoad(time, input.Seed);
        await using (var router = await StartAsync("information", null, cancellationToken)) await DecideAsync(nodes, load, router, clock.Budget * 0.2, cancellationToken);
        await FanOutAsync(nodes, clock.Budget * 0.3, cancellationToken);
        await using (var router = await StartAsync("information", null, cancellationToken))
        {
            await using var telling = await StartAsync("trace", null, cancellationToken);
            await RequestsAsync(nodes, load, router, telling, clock.Budget * 0.65, cancellationToken);
            await FailoverAsync(nodes, load, router, clock.Budget * 0.85, cancellationToken);
        }

        await using var tight = await StartAsync("information", ShortHeapMegabytes, cancellationToken);
        await PressureAsync(nodes, load, tight, cancellationToken);
    }

    private async Task DecideAsync(BenchNodes nodes, RouterLoad load, RouterChild router, TimeSpan until, CancellationToken cancellationToken)
    {
        using var work = new DecisionWork(load, nodes.Address(0), input.Seed, time);
        List<DecisionTimes> rounds = [];
        for (var round = 0; clock.IsDue(round - 1, least, until); round++)
        {
            clock.Say($"decisions among {DecisionWork.Nodes} nodes");
            var times = await work.RoundAsync(router.Address, perRound, cancellationToken);
            if (round > 0) rounds.Add(times);
        }

        foreach (var (name, share) in ((string, double)[])[(FigureNames.DecisionP50, 0.5), (FigureNames.DecisionP95, 0.95), (FigureNames.DecisionP99, 0.99)])
            robin.Add(name, "µs", [.. rounds.Select(round => round.Percentile(share))], DecisionWork.Nodes);
    }

    private async Task FanOutAsync(BenchNodes nodes, TimeSpan until, CancellationToken cancellationToken)
    {
        using var work = new FanOutWork(nodes, time);
        List<double> rounds = [];
        var failed = 0;
        for (var round = 0; clock.IsDue(round - 1, least, until); round++)
        {
            clock.Say($"{FanOutWork.Peers} peers at once");
            var took = await work.RoundAsync(input.Seed, cancellationToken);
            if (took is null) failed++;
            else if (round > 0) rounds.Add(took.Value * 1000);
        }

        if (failed > 0) robin.Skip($"fan-out, {failed} rounds: a peer did not answer well");
        robin.Add(FigureNames.FanOut, "µs", rounds, FanOutWork.Peers);
    }

    private async Task RequestsAsync(BenchNodes nodes, RouterLoad load, RouterChild router, RouterChild telling, TimeSpan until, CancellationToken cancellationToken)
    {
        List<double> perSecond = [], p99 = [], errors = [], added = [];
        for (var round = 0; clock.IsDue(round - 1, least, until); round++)
        {
            clock.Say($"requests over {Connections} connections");
            await RegisterAsync(nodes, [router, telling], cancellationToken);
            var many = await load.RunAsync(router.Address, perRound, Connections, PromptBytes, cancellationToken);
            clock.Say("the same with every line of the log");
            var quiet = await load.RunAsync(router.Address, perRound / 4, 1, PromptBytes, cancellationToken);
            var loud = await load.RunAsync(telling.Address, perRound / 4, 1, PromptBytes, cancellationToken);
            if (round == 0) continue;
            perSecond.Add(many.PerSecond);
            p99.Add(BenchStatistics.Percentile(many.Milliseconds, 0.99) * 1000);
            errors.Add(1000 - many.DonePermille);
            added.Add(Math.Max(0, (BenchStatistics.Percentile(loud.Milliseconds, 0.5) - BenchStatistics.Percentile(quiet.Milliseconds, 0.5)) * 1000));
        }

        robin.Add(FigureNames.Requests, "/s", perSecond, (ulong)perRound);
        robin.Add(FigureNames.RequestP99, "µs", p99);
        robin.Add(FigureNames.RequestErrors, "‰", errors);
        robin.Add(FigureNames.LogAdded, "µs", added);
    }

    /// <summary>Some nodes fail in every other round: all requests must still be answered, by the others.</summary>
    private async Task FailoverAsync(BenchNodes nodes, RouterLoad load, RouterChild router, TimeSpan until, CancellationToken cancellationToken)
    {
        List<double> done = [], added = [];
        for (var round = 0; clock.IsDue(round, least, until); round++)
        {
            clock.Say($"{FailingNodes} of {Nodes} nodes fail");
            await RegisterAsync(nodes, [router], cancellationToken);
            var well = await load.RunAsync(router.Address, perRound, Connections, PromptBytes, cancellationToken);
            nodes.Failing = FailingNodes;
            var failing = await load.RunAsync(router.Address, perRound, Connections, PromptBytes, cancellationToken);
            nodes.Failing = 0;
            done.Add(failing.DonePermille);
            added.Add(Math.Max(0, (failing.Milliseconds.Average() - well.Milliseconds.Average()) * 1000));
        }

        robin.Add(FigureNames.FailoverDone, "‰", done, FailingNodes);
        robin.Add(FigureNames.FailoverAdded, "µs", added);
    }

    private async Task PressureAsync(BenchNodes nodes, RouterLoad load, RouterChild tight, CancellationToken cancellationToken)
    {
        List<double> done = [];
        for (var round = 0; clock.IsDue(round, least, clock.Budget); round++)
        {
            clock.Say($"{PressureConnections} large requests at once in {ShortHeapMegabytes} MiB");
            await RegisterAsync(nodes, [tight], cancellationToken);
            done.Add((await load.RunAsync(tight.Address, perRound, PressureConnections, PressurePromptBytes, cancellationToken)).DonePermille);
        }

        robin.Add(FigureNames.PressureDone, "‰", done, ShortHeapMegabytes);
        robin.Add(FigureNames.PressurePeak, "MiB", [tight.PeakMegabytes()]);
    }

    private Task<RouterChild> StartAsync(string logLevel, int? heapMegabytes, CancellationToken cancellationToken) => RouterChild.StartAsync(
        input.Executable, Path.Combine(input.DataFolder, $"bench-{Environment.ProcessId}-{logLevel}{heapMegabytes}"), logLevel, heapMegabytes, cancellationToken);

    private static async Task RegisterAsync(BenchNodes nodes, RouterChild[] routers, CancellationToken cancellationToken)
    {
        foreach (var router in routers) await nodes.RegisterAsync(router.Address, Nodes, cancellationToken);
    }
}

using FedAi.Daemon.Capability;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Bench;

/// <summary>The benchmark of a node: processor, memory, disk, the way to its routers, and the model it would serve.</summary>
internal static class NodeBench
{
    /// <summary>Of the time: for the model that is installed, and of the rest for how fast models of any kind are. They are what really matters.</summary>
    private const double WeightShare = 0.6, ModelShare = 0.35;

    private const int MostMemory = 128 << 20, LeastMemory = 16 << 20;

    public static async Task<BenchResult> RunAsync(NodeBenchInput input, BenchClock clock, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow().ToUnixTimeMilliseconds();
        var least = input.Short ? 2 : 5;
        var robin = new RoundRobin(clock, least + 1);
        // What does not end by itself on a slow machine ends there, with what it has.
        using var end = new PeerDeadline(clock.End - clock.Elapsed, clock.Time, cancellationToken);
        clock.Say("network");
        var latency = await NetworkBench.MeasureAsync(robin, input, time, end.Token);
        var profile = input.Profile.Hardware;
        var rest = clock.Budget * (input.Runner is null ? 1 : 1 - ModelShare);
        using (var disk = DiskWork.TryOpen(input.DataFolder, input.Short ? 8 : 32, input.Seed, out var problem))
        {
            if (disk is null) robin.Skip($"disk: {problem}");
            else if (!disk.IsDirect) robin.Skip("disk.read and disk.random: this file system cannot be read past the system's cache");
            var bytes = (int)Math.Clamp(profile.Memory.AvailableBytes / 8, LeastMemory, input.Short ? LeastMemory : MostMemory) / 4096 * 4096;
            var tasks = new CpuWork(input.Seed).Tasks.Concat(new MemoryWork(input.Seed, bytes, ModelThreads(profile.Cpu)).Tasks).Concat(disk?.Tasks ?? []).ToList();
            await Task.Run(() => robin.Run(tasks, rest * (1 - WeightShare), end.Token), CancellationToken.None);
        }

        await new WeightBench(input.DataFolder, clock, time).MeasureAsync(robin, (long)Math.Min(input.Short ? LeastMemory : SpeedRules.FarBytes, profile.Memory.AvailableBytes / 16), input.Short ? 2 : 3,
            input.Short ? 1 : SpeedRules.Formats.Count, rest, end.Token);
        IReadOnlyList<ModelSpeed> speeds = [];
        if (input.Runner is { } runner && !cancellationToken.IsCancellationRequested)
        {
            var bench = new ModelBench(runner, clock, input.Seed);
            if (await bench.LoadAsync(clock.End - clock.Elapsed, end.Token) is { } problem) robin.Skip($"model: {problem}");
            else speeds = await bench.MeasureAsync(robin, least, end.Token);
        }
        else if (input.Runner is null)
        {
            robin.Skip("model: none is installed");
        }

        return new BenchResult
        {
            Suite = BenchResult.NodeSuite,
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
            NetworkLatencyMs = latency,
            Figures = robin.Figures,
            Model = speeds,
            Skipped = robin.Skipped,
        };
    }

    /// <summary>As many as the runner gives a model (DECISIONS E20).</summary>
    private static int ModelThreads(CpuProfile cpu) => cpu.Threads <= 2 ? 1 : Math.Clamp(Math.Min(cpu.Cores, cpu.Threads) - 1, 1, cpu.Threads);
}

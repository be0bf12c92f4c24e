using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Bench;

/// <summary>The benchmark of a node: processor, memory, disk, the way to its routers, and the model it would serve.</summary>
internal static class NodeBench
{
    /// <summary>Of the time, when there is a model: it is what really matters.</summary>
    private const double ModelShare = 0.5;

    private const int MostMemory = 128 << 20, LeastMemory = 16 << 20;

    public static async Task<BenchResult> RunAsync(NodeBenchInput input, BenchClock clock, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow().ToUnixTimeMilliseconds();
        var least = input.Short ? 2 : 5;
        var robin = new RoundRobin(clock, least + 1);
        var network = await NetworkScan.MeasureAsync(MachineRoot.This, input.Targets, cancellationToken);
        if (network.LatencyMs is null) robin.Skip(input.Targets.Count == 0 ? "network: no router or relay is configured" : "network: nobody answered");

        var profile = input.Profile.Hardware;
        using (var disk = DiskWork.TryOpen(input.DataFolder, input.Short ? 8 : 32, input.Seed, out var problem))
        {
            if (disk is null) robin.Skip($"disk: {problem}");
            else if (!disk.IsDirect) robin.Skip("disk.read and disk.random: this file system cannot be read past the system's cache");
            var bytes = (int)Math.Clamp(profile.Memory.AvailableBytes / 8, LeastMemory, input.Short ? LeastMemory : MostMemory) / 4096 * 4096;
            var tasks = new CpuWork(input.Seed).Tasks.Concat(new MemoryWork(input.Seed, bytes, ModelThreads(profile.Cpu)).Tasks).Concat(disk?.Tasks ?? []).ToList();
            await Task.Run(() => robin.Run(tasks, clock.Budget * (input.Runner is null ? 1 : 1 - ModelShare), cancellationToken), CancellationToken.None);
        }

        IReadOnlyList<ModelSpeed> speeds = [];
        if (input.Runner is { } runner && !cancellationToken.IsCancellationRequested)
        {
            var bench = new ModelBench(runner, clock, input.Seed);
            if (await bench.LoadAsync(cancellationToken) is { } problem) robin.Skip($"model: {problem}");
            else speeds = await bench.MeasureAsync(least, cancellationToken);
        }
        else if (input.Runner is null)
        {
            robin.Skip("model: none is installed");
        }

        var result = new BenchResult
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
            NetworkLatencyMs = (long?)network.LatencyMs,
            Figures = robin.Figures,
            Model = speeds,
            Skipped = robin.Skipped,
        };
        return input.Shape is { } shape ? result with { ModelCalibrationPermille = SpeedRules.Calibrate(shape, result) } : result;
    }

    /// <summary>As many as the runner gives a model (DECISIONS E20).</summary>
    private static int ModelThreads(CpuProfile cpu) => cpu.Threads <= 2 ? 1 : Math.Clamp(Math.Min(cpu.Cores, cpu.Threads) - 1, 1, cpu.Threads);
}

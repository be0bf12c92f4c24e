using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Bench;

public sealed class NodeBenchTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task NodeBench_SameSeed_DoesTheSameWork()
    {
        var (first, again, other) = (await RunAsync(7), await RunAsync(7), await RunAsync(8));

        first.Checksum.ShouldBe(again.Checksum);
        first.Checksum.ShouldNotBe(other.Checksum);
        first.Figures.Select(figure => figure.Name).ShouldBe(other.Figures.Select(figure => figure.Name));
        first.Figures.ShouldAllBe(figure => figure.Median > 0 && figure.Rounds >= 2);
        new[] { first.CpuScore, first.MemoryMBps, first.DiskMBps }.ShouldAllBe(score => score > 0);
        foreach (var name in new[] { FigureNames.FewLayers, FigureNames.ManyLayers, FigureNames.ManyBehindContext, FigureNames.OddHeads, FigureNames.OddBehindContext, FigureNames.NearWeights("q8_0"), FigureNames.FarWeights("q8_0") }) first.Of(name).ShouldNotBeNull(name);
        (first.Short, first.Partial, first.Counts, first.Suite, first.Seed).ShouldBe((true, false, false, "node", 7));
        first.Skipped.ShouldBe(["network: no router or relay is configured", "model: none is installed"]);
        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty("the disk's file goes");
    }

    [Fact]
    public async Task NodeBench_DemoModel_IsMeasuredAtThreeSizes()
    {
        await using var runner = await DemoModel.StartAsync(DemoModel.Options with { ContextTokens = DemoModel.ContextTokens });

        var result = await RunAsync(7, runner);

        result.Model.Count.ShouldBe(3, string.Join(' ', result.Skipped));
        result.Model.Select(speed => speed.PromptTokens).ShouldBeInOrder(SortDirection.Ascending);
        result.Model[^1].PromptTokens.ShouldBeInRange(200, DemoModel.ContextTokens);
        result.Model.ShouldAllBe(speed => speed.MilliTokensPerSecond > 0 && speed.FirstTokenMicroseconds > 0);
    }

    [Fact]
    public async Task NodeBench_Interrupted_KeepsWhatItHasAndDoesNotCount()
    {
        using var stop = new CancellationTokenSource();
        var clock = new BenchClock(TimeSpan.FromMinutes(5), TimeProvider.System, new Watcher(progress =>
        {
            if (progress.Now == FigureNames.MemoryRead) stop.Cancel();
        }));

        var result = await NodeBench.RunAsync(await InputAsync(7, null), clock, TimeProvider.System, stop.Token);

        (result.Partial, result.Counts).ShouldBe((true, false));
        result.DurationMs.ShouldBeLessThan(60_000, "of five minutes");
        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task NodeBench_ModelThatCannotRun_IsLeftOutWithItsReason()
    {
        await using var runner = FedAi.Runners.Llama.LlamaRunner.Start(DemoModel.Options with { ModelPath = folder.File("none.gguf") }, Microsoft.Extensions.Logging.Abstractions.NullLogger<FedAi.Runners.Llama.LlamaRunner>.Instance, TimeProvider.System);
        await DemoModel.SettledAsync(runner);

        var result = await RunAsync(7, runner);

        result.Model.ShouldBeEmpty();
        result.Skipped.ShouldContain(reason => reason.StartsWith("model: ", StringComparison.Ordinal) && reason.Length > 10);
    }

    [Fact]
    public void RoundRobin_FigureWithoutAResult_ChangesNoChecksum()
    {
        var robin = new RoundRobin(new BenchClock(TimeSpan.Zero, TimeProvider.System, new Watcher(_ => { })), leastRounds: 5);
        var before = robin.Checksum;
        robin.Add("told", "/s", [1, 2, 3]);
        robin.Add("not done", "/s", [], 5);
        robin.Checksum.ShouldBe(before, "whether it could be measured depends on the machine, and not on the work");
        robin.Add("done", "/s", [1, 2, 3], 0);
        robin.Checksum.ShouldNotBe(before);
        robin.Figures.Count.ShouldBe(2);
    }

    [Fact]
    public void RoundRobin_WorkWithTwoResults_IsNotBelieved()
    {
        var robin = new RoundRobin(new BenchClock(TimeSpan.Zero, TimeProvider.System, new Watcher(_ => { })), leastRounds: 5);
        var round = 0;

        robin.Run([new BenchTask("good", "/s", () => new BenchRound(100, 1)), new BenchTask("broken", "/s", () => new BenchRound(100, (ulong)(round++ == 1 ? 2 : 1)))], TimeSpan.Zero, default);

        robin.Figures.ShouldHaveSingleItem().ShouldBe(new BenchFigure("good", "/s", 100, 0, 4));
        robin.Skipped.ShouldHaveSingleItem().ShouldStartWith("broken gave two different results");
    }

    [Theory]
    [InlineData(new double[] { 5 }, 5, 0)]
    [InlineData(new double[] { 1, 100, 100, 100, 1000 }, 100, 0)]
    [InlineData(new double[] { 80, 90, 100, 110, 120 }, 100, 200)]
    public void Figure_OfRounds_IsMedianAndSpread(double[] rounds, long median, int spread) =>
        BenchStatistics.Figure("x", "y", rounds).ShouldBe(new BenchFigure("x", "y", median, spread, rounds.Length));

    [Fact]
    public void MemoryCopy_BesideAPlainCopy_IsOfTheSameOrder()
    {
        const int bytes = 64 << 20, tries = 9;
        var copy = new MemoryWork(1, bytes, threads: 1).Tasks.Single(task => task.Name == FigureNames.MemoryCopy);
        byte[] from = new byte[bytes], to = new byte[bytes];
        from.AsSpan().Fill(1);
        double Plain()
        {
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            Array.Copy(from, to, bytes);
            return bytes / 1e6 / System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        // The best of some turns: what else runs slows single ones of either down.
        List<(double Plain, double Told)> rates = [.. Enumerable.Range(0, tries).Select(_ => (Plain(), copy.Round().Value))];

        (rates.Max(rate => rate.Told) / rates.Max(rate => rate.Plain)).ShouldBeInRange(1 / 3.0, 3);
    }

    /// <summary>The results were computed by another program, in whole numbers.</summary>
    [Fact]
    public void CpuWork_EachKindOfWork_GivesTheResultThatPlainArithmeticGives() =>
        new CpuWork(42).Tasks.Select(task => task.Round().Checksum).ShouldBe([1102634983743729528, 17269515009987570751, 6074298511324750784]);

    [Fact]
    public void DiskWork_NoPlaceToWrite_SaysSo()
    {
        DiskWork.TryOpen("/proc/nowhere", 8, 1, out var problem).ShouldBeNull();
        problem.ShouldBe("the data folder cannot be written");
        DiskWork.TryOpen(folder.Path, megabytes: 1 << 24, seed: 1, out problem).ShouldBeNull();
        problem.ShouldBe("the disk is too full to measure it");
    }

    private async Task<BenchResult> RunAsync(long seed, IRunner? runner = null) =>
        await NodeBench.RunAsync(await InputAsync(seed, runner), new BenchClock(TimeSpan.FromMilliseconds(300), TimeProvider.System, new Watcher(_ => { })), TimeProvider.System, default);

    private async Task<NodeBenchInput> InputAsync(long seed, IRunner? runner) => new(
        await MachineScan.RunAsync(MachineRoot.This, folder.Path, [], new BandOptions(), new PrivacyOptions(), TimeProvider.System, default), folder.Path, [], seed, Short: true, "test", runner);

    private sealed class Watcher(Action<BenchProgress> see) : IProgress<BenchProgress>
    {
        public void Report(BenchProgress value) => see(value);
    }
}

using System.Diagnostics;
using System.Text.Json;
using FedAi.Daemon.Capability;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Cli;

public sealed class BenchCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ProfileBenchRecommend_OneAfterTheOther_Fit()
    {
        var profile = await Fedai.RunAsync("profile", "--data", folder.Path, "--json", "--disk-sample");
        profile.ExitCode.ShouldBe(0, profile.Errors);
        await File.WriteAllTextAsync(folder.File("p.json"), profile.Output);
        var bench = await Fedai.RunAsync("bench", "node", "--data", folder.Path, "--short", "--seed", "7", "--json", "--out", folder.File("b.json"));
        bench.ExitCode.ShouldBe(0, bench.Errors);
        bench.Errors.ShouldContain("s left: ", Case.Sensitive, "plain lines where there is no terminal");
        (await File.ReadAllTextAsync(folder.File("b.json"))).ShouldBe(bench.Output.TrimEnd());

        var got = await Fedai.RunAsync("recommend", "--profile", folder.File("p.json"), "--bench", folder.File("b.json"), "--data", folder.Path, "--json", "--intent", "high-earnings");

        got.ExitCode.ShouldBe(0, got.Errors);
        var recommendation = JsonSerializer.Deserialize(got.Output, CapabilityJson.Default.Recommendation)!;
        recommendation.Intent.ShouldBe(Intent.HighEarnings);
        recommendation.NodeProfiles.Count.ShouldBeGreaterThan(0);
        recommendation.RouterEligibility.Reasons.ShouldContain("Benchmarks are required: fedai bench router");
    }

    [Fact]
    public async Task RouterBench_Short_MeasuresEverythingAndLeavesNothing()
    {
        var bench = await Fedai.RunAsync("bench", "router", "--data", folder.Path, "--short", "--json");

        bench.ExitCode.ShouldBe(0, bench.Errors);
        var result = JsonSerializer.Deserialize(bench.Output, CapabilityJson.Default.BenchResult)!;
        foreach (var name in new[] { FigureNames.Requests, FigureNames.RequestP99, FigureNames.DecisionP50, FigureNames.DecisionP95, FigureNames.DecisionP99, FigureNames.FanOut, FigureNames.FailoverDone, FigureNames.PressureDone, FigureNames.PressurePeak })
            result.Of(name).ShouldNotBeNull(name).ShouldBeGreaterThan(0, name);
        result.Of(FigureNames.LogAdded).ShouldNotBeNull();
        (result.Of(FigureNames.RequestErrors), result.Of(FigureNames.FailoverDone), result.Of(FigureNames.PressureDone)).ShouldBe((0, 1000, 1000));
        result.Counts.ShouldBeFalse("short ones never do");
        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Bench_Interrupted_EndsSoonAndSaysSo()
    {
        using var process = Process.Start(new ProcessStartInfo(Fedai.Executable, ["bench", "router", "--data", folder.Path, "--max-seconds", "300"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        // Its first line comes when it measures.
        (await process.StandardError.ReadLineAsync().WaitAsync(Patience.Limit)).ShouldNotBeNull();
        var errors = process.StandardError.ReadToEndAsync();

        Signals.Interrupt(process.Id);

        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience.Limit);
        await process.WaitForExitAsync().WaitAsync(Patience.Limit);
        output.ShouldContain("interrupted: what stands here is not whole, and does not count", Case.Sensitive, await errors);
        process.ExitCode.ShouldBe(1);
        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("node")]
    [InlineData("router")]
    public async Task Bench_ResultThatCannotBeWritten_IsRefusedBeforeItMeasures(string suite)
    {
        await File.WriteAllTextAsync(folder.File("a-file"), "");

        var result = await Fedai.RunAsync("bench", suite, "--short", "--data", folder.File("data"), "--out", folder.File("a-file/result.json"));

        result.ExitCode.ShouldBe(2, result.Errors);
        result.Errors.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldContain("name another file with --out");
        (Directory.Exists(folder.File("data")), result.Output).ShouldBe((false, ""));
    }

    [Theory]
    [InlineData("bench", "node", "--max-seconds", "301")]
    [InlineData("bench", "router", "--max-seconds", "9")]
    [InlineData("bench", "everything")]
    [InlineData("recommend")]
    [InlineData("recommend", "--profile", "none.json")]
    public async Task Command_UsedWrongly_IsRefused(params string[] arguments)
    {
        var result = await Fedai.RunAsync(arguments);

        result.ExitCode.ShouldBe(2, result.Output);
        result.Errors.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Recommend_FileOfSomethingElse_IsRefused()
    {
        await File.WriteAllTextAsync(folder.File("p.json"), """{"hardware":{"cpu":5}}""");

        var result = await Fedai.RunAsync("recommend", "--profile", folder.File("p.json"));

        (result.ExitCode, result.Errors.Contains("it is not what fedai wrote", StringComparison.Ordinal)).ShouldBe((2, true));
    }
}

using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Peering;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Bench;

/// <summary>BEN-04 and BEN-05: no benchmark takes longer than five minutes, nor much longer than it was told to, however slow the machine is.</summary>
public sealed class BenchTimeTests
{
    private const int Rounds = 5;

    private readonly ManualTime time = new();
    private readonly List<BenchProgress> told = [];

    [Theory]
    [InlineData(4, 64)]
    [InlineData(90, 150)]
    [InlineData(260, 300)]
    [InlineData(300, 300)]
    public void End_OfABudget_IsLittleLaterAndNeverAfterFiveMinutes(int budget, int end) => Clock(budget).End.ShouldBe(TimeSpan.FromSeconds(end));

    [Theory]
    [InlineData(90)]
    [InlineData(300)]
    public async Task ModelBench_LargeModelOnASlowMachine_MeasuresWhatFitsAndNamesTheRest(int budget)
    {
        // Seven milliards of weights on four cores: the longest prompt alone would take 205 s to read.
        var model = new SlowModel(time, contextTokens: 4096, readsPerSecond: 15, writesPerSecond: 4);
        var clock = Clock(budget);

        var (speeds, skipped) = await MeasureAsync(model, clock);

        clock.Elapsed.ShouldBeLessThanOrEqualTo(clock.End);
        speeds.Count.ShouldBeGreaterThan(0);
        speeds.ShouldAllBe(speed => speed.MilliTokensPerSecond >= 3990 && speed.MilliTokensPerSecond <= 4010);
        (speeds.Count + skipped.Count).ShouldBe(3, "each size is measured or named");
        skipped.ShouldContain(reason => reason.StartsWith("model, prompts of 3072 tokens: an answer would take about ", StringComparison.Ordinal));
        model.Prompts.ShouldAllBe(prompt => prompt < 3000);
    }

    [Fact]
    public async Task ModelBench_FastModel_FillsTheBudgetWithWholeRounds()
    {
        var model = new SlowModel(time, contextTokens: 1024, readsPerSecond: 2000, writesPerSecond: 100);
        var clock = Clock(30);

        var (speeds, skipped) = await MeasureAsync(model, clock);

        skipped.ShouldBeEmpty();
        speeds.Select(speed => speed.PromptTokens).ShouldBe([78, 385, 744]);
        clock.Elapsed.ShouldBeInRange(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(35));
        model.Prompts.Count.ShouldBeGreaterThan(3 * (Rounds + 1));
    }

    [Fact]
    public async Task ModelBench_AnswersTooShortToHaveARate_AreGivenUp()
    {
        var model = new SlowModel(time, contextTokens: 512, readsPerSecond: 10_000, writesPerSecond: 100) { MostTokens = 2 };
        var clock = Clock(4);

        var (speeds, skipped) = await MeasureAsync(model, clock);

        speeds.ShouldBeEmpty();
        skipped.Count.ShouldBe(3);
        skipped.ShouldAllBe(reason => reason.EndsWith("no answer was long enough to have a rate", StringComparison.Ordinal));
        clock.Elapsed.ShouldBeLessThanOrEqualTo(clock.End);
    }

    [Fact]
    public async Task ModelBench_AnswerThatNeverEnds_IsCutOffAtTheEnd()
    {
        var model = new SlowModel(time, contextTokens: 4096, readsPerSecond: 0.1, writesPerSecond: 1);
        var clock = Clock(90);

        var (speeds, skipped) = await MeasureAsync(model, clock);

        (speeds.Count, skipped.Count).ShouldBe((0, 3));
        clock.Elapsed.ShouldBeLessThanOrEqualTo(clock.End + TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(1, 20, 20)]
    [InlineData(7, 10, 50)]
    [InlineData(40, 2, 80)]
    public void RoundRobin_SlowWork_GetsFewerRoundsAndOneAtLeast(int seconds, int rounds, int atMost)
    {
        var clock = Clock(90);
        var robin = new RoundRobin(clock, Rounds + 1);

        robin.Run([new BenchTask("slow", "/s", () =>
        {
            time.Move(TimeSpan.FromSeconds(seconds));
            return new BenchRound(1, 1);
        })], TimeSpan.FromSeconds(20), default);

        var figure = robin.Figures.ShouldHaveSingleItem();
        figure.Rounds.ShouldBeInRange(1, rounds);
        clock.Elapsed.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(atMost));
    }

    [Fact]
    public void Say_AfterTheBudget_TellsHowLongItMayStillTake()
    {
        var clock = Clock(90);

        foreach (var moment in (int[])[0, 60, 89, 91, 149])
        {
            time.Move(TimeSpan.FromSeconds(moment) - clock.Elapsed);
            clock.Say("a model");
        }

        told.Select(progress => progress.Text).ShouldBe(["90 s left: a model", "30 s left: a model", "1 s left: a model", "at most 59 s left: a model", "at most 1 s left: a model"]);
    }

    private BenchClock Clock(int seconds) => new(TimeSpan.FromSeconds(seconds), time, new Told(told));

    private async Task<(IReadOnlyList<ModelSpeed> Speeds, IReadOnlyList<string> Skipped)> MeasureAsync(SlowModel model, BenchClock clock)
    {
        var robin = new RoundRobin(clock, Rounds + 1);
        using var end = new PeerDeadline(clock.End, time, default);
        return (await new ModelBench(model, clock, seed: 7).MeasureAsync(robin, Rounds, end.Token), robin.Skipped);
    }

    private sealed class Told(List<BenchProgress> told) : IProgress<BenchProgress>
    {
        public void Report(BenchProgress value) => told.Add(value);
    }
}

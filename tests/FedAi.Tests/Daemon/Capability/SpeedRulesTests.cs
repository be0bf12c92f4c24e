using FedAi.Daemon.Capability;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Capability;

public sealed class SpeedRulesTests : IDisposable
{
    /// <summary>A machine of 20 GB/s and 35 GFLOPS, as measured while the rule was made.</summary>
    private static readonly BenchResult Machine = new()
    {
        Suite = "node", Seed = 1, TimestampMs = 1, DurationMs = 1, Short = false, Partial = false, Checksum = "", SoftwareVersion = "0",
        Figures = [new(FigureNames.MemoryRead, "MB/s", 19_500, 0, 5), new(FigureNames.Simd, "MFLOPS", 35_400, 0, 5), new(FigureNames.Integer, "k/s", 490_000, 0, 5)],
    };

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("F32", 4)]
    [InlineData("F16", 2)]
    [InlineData("Q8_0", 34 / 32.0)]
    [InlineData("Q4_0", 18 / 32.0)]
    public void Shape_OfAFile_IsWhatATokenGoesThrough(string format, double bytesEach)
    {
        TinyGguf.WriteRandom(folder.File("m.gguf"), embedding: 64, layers: 3, heads: 4, feedForward: 128, format: Enum.Parse<WeightFormat>(format));

        var shape = ModelShape.TryRead(folder.File("m.gguf"), out var problem).ShouldNotBeNull(problem);

        // The output, four projections and three of the feed-forward in each layer; the norms are F32; the table of tokens gives one row only.
        double big = 260 * 64 + 3 * (4 * 64 * 64 + 3 * 64 * 128), norms = 64 * (1 + 2 * 3);
        shape.Weights.Sum(weights => weights.Count).ShouldBe(big + norms);
        shape.Weights.Sum(weights => weights.Count * weights.BytesEach).ShouldBe(big * bytesEach + norms * 4, tolerance: 1);
        (shape.Layers, shape.CacheBytesPerToken, shape.ContextTokens).ShouldBe((3, 2 * 2 * 3 * 64, 512));
    }

    [Fact]
    public void Shape_OfSomethingElse_SaysWhatItIsNot()
    {
        File.WriteAllText(folder.File("m.gguf"), "no model at all, only text");
        ModelShape.TryRead(folder.File("m.gguf"), out var problem).ShouldBeNull();
        problem.ShouldBe("it is no GGUF file");
        ModelShape.TryRead(folder.File("none.gguf"), out problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldStartWith("it cannot be read");
    }

    // Measured on that machine: 27.4 and 85.15 M weights, milliseconds per token behind 56 tokens.
    [Theory]
    [InlineData(8, 16_384, 27.4e6, 1u, 3.46)]
    [InlineData(8, 16_384, 27.4e6, 8u, 4.34)]
    [InlineData(8, 16_384, 27.4e6, 2u, 1.72)]
    [InlineData(8, 16_384, 27.4e6, 0u, 6.83)]
    [InlineData(12, 36_864, 85.15e6, 1u, 11.94)]
    [InlineData(12, 36_864, 85.15e6, 8u, 14.41)]
    [InlineData(12, 36_864, 85.15e6, 2u, 6.81)]
    [InlineData(12, 36_864, 85.15e6, 0u, 25.74)]
    public void Predict_ModelsThatWereMeasured_IsWithinAThird(int layers, long cache, double weights, uint format, double milliseconds)
    {
        var predicted = SpeedRules.Predict(new ModelShape([new WeightCount(format, weights)], layers, cache, 2048), Machine, 56).ShouldNotBeNull();

        (predicted / 1000.0 * milliseconds / 1000).ShouldBeInRange(0.65, 1.35);
    }

    [Fact]
    public void Predict_MoreOfAnything_IsSlower()
    {
        long Of(double weights, uint format = 8, long cache = 1000, int context = 100) => SpeedRules.Predict(new ModelShape([new WeightCount(format, weights)], 8, cache, 0), Machine, context)!.Value;

        Of(20e6).ShouldBeLessThan(Of(10e6));
        Of(20e6, format: 8).ShouldBeLessThan(Of(20e6, format: 2));
        Of(20e6, cache: 100_000, context: 2000).ShouldBeLessThan(Of(20e6, cache: 100_000, context: 100));
        SpeedRules.Predict(new ModelShape([new WeightCount(8, 20e6)], 8, 1000, 0), Machine with { Figures = [] }, 100).ShouldBeNull("nothing was measured");
    }

    [Fact]
    public void Calibrate_SlowerMachineThanThought_SlowsOtherModelsToo()
    {
        var benched = new ModelShape([new WeightCount(8, 60e6)], 10, 10_000, 2048);
        var predicted = SpeedRules.Predict(benched, Machine, 100)!.Value;
        var slower = Machine with { Model = [new ModelSpeed(100, 1, predicted * 100 / 125, 0)] };

        SpeedRules.Calibrate(benched, slower).ShouldNotBeNull().ShouldBeInRange(1249, 1251);
        var other = new ModelShape([new WeightCount(2, 500e6)], 20, 20_000, 2048);
        (SpeedRules.Predict(other, slower with { ModelCalibrationPermille = 1250 }, 100)!.Value * 1.25 / SpeedRules.Predict(other, slower, 100)!.Value).ShouldBe(1, 0.01);
        SpeedRules.Calibrate(new ModelShape([new WeightCount(8, 3e6)], 10, 10_000, 2048), slower).ShouldBeNull("too small a model to tell about large ones");
        SpeedRules.Calibrate(benched, Machine).ShouldBeNull("none was measured");
    }

    [Theory]
    [InlineData(0.65)]
    [InlineData(1.0)]
    [InlineData(1.35)]
    public void After_FiveJobs_IsWithinATenth(double wrong)
    {
        const long truth = 20_000;
        var random = new Random(1);
        for (var time = 0; time < 200; time++)
        {
            // Each job within a tenth of the truth, one of the five spoilt by something else.
            List<long> jobs = [.. Enumerable.Range(0, 5).Select(_ => (long)(truth * (0.92 + 0.16 * random.NextDouble())))];
            jobs[random.Next(5)] = truth / 3;
            (SpeedRules.After((long)(truth * wrong), jobs) / (double)truth).ShouldBeInRange(0.9, 1.1);
        }
    }

    [Fact]
    public void After_FewerJobs_MovesFromThePredictionTowardsThem()
    {
        SpeedRules.After(10_000, []).ShouldBe(10_000);
        var estimates = Enumerable.Range(0, 6).Select(count => SpeedRules.After(10_000, [.. Enumerable.Repeat(20_000L, count)])).ToList();
        estimates.ShouldBeInOrder(SortDirection.Ascending);
        estimates[^1].ShouldBeInRange(19_999, 20_000);
        SpeedRules.After(10_000, [.. Enumerable.Repeat(5_000L, 20), .. Enumerable.Repeat(20_000L, 15)]).ShouldBeInRange(19_999, 20_000);
    }

    [Theory]
    [InlineData(8, 1000, 300, 10_000L)]
    [InlineData(7, 1000, 300, null)]
    [InlineData(100, 300, 300, null)]
    public void OfJob_OfItsMetering_IsTheRateAfterTheFirstToken(double tokens, double wall, double first, long? milli) => SpeedRules.OfJob(tokens, wall, first).ShouldBe(milli);
}

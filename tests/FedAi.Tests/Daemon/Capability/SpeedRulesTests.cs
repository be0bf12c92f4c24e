using FedAi.Daemon.Capability;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Capability;

public sealed class SpeedRulesTests : IDisposable
{
    /// <summary>A machine as it was measured, medians of three rounds.</summary>
    internal static readonly BenchResult Machine = new()
    {
        Suite = "node", Seed = 1, TimestampMs = 1, DurationMs = 1, Short = false, Partial = false, Checksum = "", SoftwareVersion = "0",
        Figures =
        [
            new(FigureNames.MemoryRead, "MB/s", 30_795, 0, 3), new(FigureNames.FewLayers, "ns", 58_276, 0, 3), new(FigureNames.ManyLayers, "ns", 297_014, 0, 3),
            new(FigureNames.ManyBehindContext, "ns", 471_401, 0, 3), new(FigureNames.OddHeads, "ns", 938_321, 0, 3), new(FigureNames.OddBehindContext, "ns", 2_579_891, 0, 3),
            new("weights.q8_0.near", "M/s", 22_794, 0, 3), new("weights.q8_0.far", "M/s", 21_184, 0, 3),
            new("weights.q4_0.near", "M/s", 30_140, 0, 3), new("weights.q4_0.far", "M/s", 30_607, 0, 3),
            new("weights.q4_k.near", "M/s", 30_225, 0, 3), new("weights.q4_k.far", "M/s", 31_380, 0, 3),
            new("weights.q6_k.near", "M/s", 25_989, 0, 3), new("weights.q6_k.far", "M/s", 24_727, 0, 3),
            new("weights.f16.near", "M/s", 15_556, 0, 3), new("weights.f16.far", "M/s", 12_120, 0, 3),
        ],
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
        (shape.Layers, shape.Heads, shape.HeadSize, shape.CacheBytesPerToken, shape.ContextTokens).ShouldBe((3, 4, 16, 2 * 2 * 3 * 64, 512));
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

    // Measured in turns with its benchmark: 27.4, 85.2 and 205.8 M weights, milliseconds per token behind 64 tokens.
    [Theory]
    [InlineData(8, 8, 64, 27.4e6, 0u, 4.74)]
    [InlineData(8, 8, 64, 27.4e6, 1u, 1.90)]
    [InlineData(8, 8, 64, 27.4e6, 8u, 1.38)]
    [InlineData(8, 8, 64, 27.4e6, 2u, 0.97)]
    [InlineData(8, 8, 64, 27.4e6, 12u, 0.92)]
    [InlineData(8, 8, 64, 27.4e6, 14u, 1.22)]
    [InlineData(12, 8, 96, 85.2e6, 1u, 8.78)]
    [InlineData(12, 8, 96, 85.2e6, 8u, 6.12)]
    [InlineData(12, 8, 96, 85.2e6, 2u, 4.35)]
    [InlineData(12, 12, 64, 85.2e6, 0u, 13.47)]
    [InlineData(12, 12, 64, 85.2e6, 1u, 7.10)]
    [InlineData(12, 12, 64, 85.2e6, 8u, 3.99)]
    [InlineData(12, 12, 64, 85.2e6, 2u, 2.89)]
    [InlineData(12, 12, 64, 85.2e6, 12u, 2.83)]
    [InlineData(12, 12, 64, 85.2e6, 14u, 3.76)]
    [InlineData(16, 16, 64, 205.8e6, 1u, 21.55)]
    [InlineData(16, 16, 64, 205.8e6, 8u, 11.72)]
    public void Predict_ModelsThatWereMeasured_IsWithinAThird(int layers, int heads, int headSize, double weights, uint format, double milliseconds)
    {
        var predicted = SpeedRules.Predict(new ModelShape([new WeightCount(format, weights)], layers, heads, headSize, 4L * layers * heads * headSize, 2048), Machine, 64).ShouldNotBeNull();

        (predicted / 1000.0 * milliseconds / 1000).ShouldBeInRange(0.65, 1.35);
    }

    [Fact]
    public void Predict_MoreOfAnything_IsSlower()
    {
        Of(20e6).ShouldBeLessThan(Of(10e6));
        Of(20e6, format: 8).ShouldBeLessThan(Of(20e6, format: 2));
        Of(20e6, cache: 100_000, context: 2000).ShouldBeLessThan(Of(20e6, cache: 100_000, context: 100));
        Of(20e6, headSize: 96).ShouldBeLessThan(Of(20e6, headSize: 64));
        (Of(20e6, format: 0) * 2.0 / Of(20e6, format: 1)).ShouldBe(1, 0.1, "a format that was not measured costs in proportion to its bytes");
        Of(20e6, format: 11).ShouldBe(Of(20e6, format: 2), "smaller numbers than any that were measured are not quicker to use");
    }

    [Theory]
    [InlineData(FigureNames.MemoryRead)]
    [InlineData(FigureNames.FewLayers)]
    [InlineData(FigureNames.ManyLayers)]
    [InlineData(FigureNames.ManyBehindContext)]
    [InlineData(FigureNames.OddHeads)]
    [InlineData(FigureNames.OddBehindContext)]
    [InlineData("weights.")]
    public void Predict_FigureThatLacks_SaysNothing(string name) =>
        SpeedRules.Predict(new ModelShape([new WeightCount(8, 20e6)], 8, 8, 64, 1000, 0), Machine with { Figures = [.. Machine.Figures.Where(figure => !figure.Name.StartsWith(name, StringComparison.Ordinal))] }, 100).ShouldBeNull();

    [Theory]
    [InlineData(80, 400, 0, 0)]
    [InlineData(80, 400, 20, 200)]
    [InlineData(100, 420, 0, 20)]
    [InlineData(20, 400, 8, 80)]
    [InlineData(20, 400, 0, 0)]
    [InlineData(400, 380, 8, 380)]
    [InlineData(400, 380, 100, 380)]
    public void Overhead_OfTwoTimes_IsALineThatNeverFalls(double few, double many, int layers, double overhead) =>
        SpeedRules.Overhead(few, many, layers).ShouldBe(overhead, 1e-9);

    private static long Of(double weights, uint format = 8, int headSize = 64, long cache = 1000, int context = 100) =>
        SpeedRules.Predict(new ModelShape([new WeightCount(format, weights)], 8, 8, headSize, cache, 0), Machine, context)!.Value;

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

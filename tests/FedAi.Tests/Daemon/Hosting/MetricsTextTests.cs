using System.Diagnostics.Metrics;
using FedAi.Daemon.Hosting;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class MetricsTextTests : IDisposable
{
    private readonly Meter meter = new("FedAi.Tests." + Guid.CreateVersion7().ToString("N"));
    private readonly MetricsText metrics = new();
    private readonly string name = "test.m" + Guid.CreateVersion7().ToString("N");

    private string Name => name.Replace('.', '_');

    public void Dispose()
    {
        metrics.Dispose();
        meter.Dispose();
    }

    [Fact]
    public void Write_Counter_IsTheSumPerLabels()
    {
        var counter = meter.CreateCounter<long>(name, description: "Things.");
        counter.Add(2, Tag("kind", "a"));
        counter.Add(3, Tag("kind", "a"));
        counter.Add(1, Tag("kind", "b"));

        Lines().ShouldBe([$"# HELP {Name}_total Things.", $"# TYPE {Name}_total counter", $$"""{{Name}}_total{kind="a"} 5""", $$"""{{Name}}_total{kind="b"} 1"""]);
    }

    [Fact]
    public void Write_Gauge_IsAskedEachTime()
    {
        var value = 0;
        meter.CreateObservableGauge(name, () => ++value);

        Lines()[^1].ShouldBe($"{Name} 1");
        Lines()[^1].ShouldBe($"{Name} 2");
    }

    [Fact]
    public void Write_Histogram_IsCumulative()
    {
        var histogram = meter.CreateHistogram(name, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10] });
        foreach (var value in (double[])[0.5, 1, 5, 100]) histogram.Record(value, Tag("r", "x"));

        Lines()[2..].ShouldBe(
        [
            $$"""{{Name}}_bucket{r="x",le="1"} 2""", $$"""{{Name}}_bucket{r="x",le="10"} 3""", $$"""{{Name}}_bucket{r="x",le="+Inf"} 4""",
            $$"""{{Name}}_sum{r="x"} 106.5""", $$"""{{Name}}_count{r="x"} 4""",
        ]);
    }

    [Fact]
    public void Write_LabelWithQuotesAndLineEnds_IsEscaped()
    {
        meter.CreateCounter<long>(name).Add(1, Tag("k", "a\"b\\c\nd"));

        Lines()[^1].ShouldBe($$"""{{Name}}_total{k="a\"b\\c\nd"} 1""");
    }

    [Fact]
    public void Write_LabelsWithoutEnd_AreNotFollowed()
    {
        var counter = meter.CreateCounter<long>(name);
        for (var i = 0; i < 2000; i++) counter.Add(1, Tag("stranger", i));

        Lines().Count(line => line.StartsWith(Name + "_total{", StringComparison.Ordinal)).ShouldBe(500);
    }

    [Fact]
    public void Write_MetersOfOthers_AreNotShown()
    {
        using var foreign = new Meter("Other");
        foreign.CreateCounter<long>(name).Add(1);

        Lines().ShouldBeEmpty();
    }

    private List<string> Lines() => [.. metrics.Write().Split('\n').Where(line => line.Contains(Name, StringComparison.Ordinal)).Select(line => line.TrimEnd())];

    private static KeyValuePair<string, object?> Tag(string key, object value) => new(key, value);
}

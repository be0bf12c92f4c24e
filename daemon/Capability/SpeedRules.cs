using FedAi.Runners.Llama;

namespace FedAi.Daemon.Capability;

/// <summary>
/// How fast a model will answer on a measured machine before it was ever loaded there: from its file's header, and the bandwidth and FLOPS that
/// models of each format get there; and after its first jobs, from those. Pure.
/// </summary>
internal static class SpeedRules
{
    /// <summary>The numbers of the small models that are measured, and the bytes of the large ones, which still become slower up to about so many.</summary>
    public const double NearNumbers = 10e6, FarBytes = 400e6;

    /// <summary>Sizes of a head: one that fills vectors of every width, and one that leaves half of the widest empty.</summary>
    public const int EvenHead = 64, OddHead = 96;

    /// <summary>Of the models that are all overhead: layers, each with one even head or some odd ones, and tokens before their answers.</summary>
    public const int FewLayers = 8, ManyLayers = 40, OddLayers = 10, OddHeads = 4, ShortPrompt = 8, LongPrompt = 292;

    /// <summary>From then on observed jobs alone count.</summary>
    public const int EnoughJobs = 5;

    /// <summary>The jobs that count: machines change, and old jobs with them.</summary>
    public const int LastJobs = 15;

    /// <summary>An answer of fewer tokens says little about its rate.</summary>
    public const int LeastJobTokens = 8;

    /// <summary>The formats that are measured, with their codes in GGUF files: those that most models come in. The first one also where there is little time.</summary>
    public static IReadOnlyList<(string Name, uint Format)> Formats { get; } = [("q8_0", 8), ("q4_0", 2), ("q4_k", 12), ("q6_k", 14), ("f16", 1)];

    /// <summary>Thousandths of a token per second behind so much context; null when the benchmark lacks a figure.</summary>
    public static long? Predict(ModelShape shape, BenchResult bench, int contextTokens) =>
        Seconds(shape, bench, contextTokens) is { } seconds ? (long)Math.Min(1e9, 1000 / seconds) : null;

    /// <summary>The rate of one job after its first token (thousandths of a token per second); null when it says nothing.</summary>
    public static long? OfJob(double outputTokens, double wallMs, double firstTokenMs) =>
        outputTokens >= LeastJobTokens && wallMs - firstTokenMs >= 1 ? (long)Math.Min(1e9, (outputTokens - 1) * 1e6 / (wallMs - firstTokenMs)) : null;

    /// <summary>The estimate after some jobs (thousandths of a token per second each, newest last): they outweigh the prediction more and more, and replace it after five. Odd ones change a median little.</summary>
    public static long After(long predicted, IReadOnlyList<long> jobs)
    {
        if (jobs.Count == 0) return predicted;
        long[] last = [.. jobs.TakeLast(LastJobs).Order()];
        var median = (last[(last.Length - 1) / 2] + last[last.Length / 2]) / 2.0;
        var share = Math.Min(1, jobs.Count / (double)EnoughJobs);
        return (long)Math.Exp(Math.Log(Math.Max(1, predicted)) * (1 - share) + Math.Log(Math.Max(1, median)) * share);
    }

    /// <summary>
    /// What a token takes beside numbers and context, in the unit of the two times that were measured. A line through both; where noise would make
    /// more layers cheaper, or the rest cost less than nothing, it is flat or goes through zero.
    /// </summary>
    public static double Overhead(double few, double many, int layers)
    {
        var layer = Math.Clamp((many - few) / (ManyLayers - FewLayers), 0, many / ManyLayers);
        return many + ((layers - ManyLayers) * layer);
    }

    private static double? Seconds(ModelShape shape, BenchResult bench, int contextTokens)
    {
        if (bench.Of(FigureNames.MemoryRead) is not { } read || read <= 0 || bench.Of(FigureNames.FewLayers) is not { } few || bench.Of(FigureNames.ManyLayers) is not { } many
            || bench.Of(FigureNames.ManyBehindContext) is not { } behind || bench.Of(FigureNames.OddHeads) is not { } odd || bench.Of(FigureNames.OddBehindContext) is not { } oddBehind) return null;
        var bytes = shape.Weights.Sum(weights => weights.Count * weights.BytesEach);
        var head = HeadNanoseconds(shape.HeadSize, Head(many, behind, ManyLayers), Head(odd, oddBehind, OddLayers * OddHeads));
        var seconds = ((Overhead(few, many, shape.Layers) + ((double)contextTokens * shape.Layers * shape.Heads * head)) / 1e9)
            + ((double)contextTokens * shape.CacheBytesPerToken / (read * 1e6));
        foreach (var weights in shape.Weights)
        {
            if (SecondsEach(weights, bytes, bench) is not { } each) return null;
            seconds += weights.Count * each;
        }

        return seconds;
    }

    /// <summary>What one of so many heads costs for each token of the context: what was longer behind a longer one.</summary>
    private static double Head(long before, long behind, int heads) => Math.Max(0, behind - before) / (double)heads / (LongPrompt - ShortPrompt);

    /// <summary>Vectors by their number, and what is left over by what it was seen to cost.</summary>
    private static double HeadNanoseconds(int size, double even, double odd) =>
        (even * size / EvenHead) + (Math.Max(0, odd - (even * OddHead / EvenHead)) * (size % EvenHead) / (OddHead % EvenHead));

    /// <summary>For one number of a model of so many bytes: as of the measured format nearest in size, in proportion where it is larger.</summary>
    private static double? SecondsEach(WeightCount weights, double modelBytes, BenchResult bench)
    {
        var measured = Formats.Where(format => bench.Of(FigureNames.NearWeights(format.Name)) > 0 && bench.Of(FigureNames.FarWeights(format.Name)) > 0)
            .Select(format => (format.Name, format.Format, new WeightCount(format.Format, 1).BytesEach)).ToList();
        if (measured.Count == 0) return null;
        var (name, _, bytesEach) = measured.OrderByDescending(format => format.Format == weights.Format).ThenBy(format => Math.Abs(Math.Log(format.BytesEach / weights.BytesEach))).First();
        var (near, far) = (1e-6 / bench.Of(FigureNames.NearWeights(name))!.Value, 1e-6 / bench.Of(FigureNames.FarWeights(name))!.Value);
        // Between the two, caches hold less and less of it; smaller numbers than any that were measured take what those do, and so does their model.
        var size = modelBytes * Math.Max(1, bytesEach / weights.BytesEach);
        var share = Math.Clamp(Math.Log(size / (NearNumbers * bytesEach)) / Math.Log(FarBytes / (NearNumbers * bytesEach)), 0, 1);
        return (near + ((far - near) * share)) * Math.Max(1, weights.BytesEach / bytesEach);
    }
}

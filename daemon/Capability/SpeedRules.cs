using FedAi.Runners.Llama;

namespace FedAi.Daemon.Capability;

/// <summary>
/// How fast a model will answer on a measured machine before it was ever loaded there: from its file's header, the memory's bandwidth and the
/// processor's multiplications; and after its first jobs, from those. Pure.
/// </summary>
internal static class SpeedRules
{
    /// <summary>Weights below this lie in a cache, where reading them costs nothing beside using them.</summary>
    private const double CachedBytes = 8e6;

    /// <summary>Keys and values lie scattered by head: reading them takes so many times as long as reading weights.</summary>
    private const double ScatteredRead = 3;

    /// <summary>Seconds per token and per layer for all that is no weight (sampling, the pipe to the runner), at the speed of integer steps below.</summary>
    private const double TokenOverhead = 80e-6, LayerOverhead = 10e-6, OverheadSteps = 490_000;

    /// <summary>A benched model smaller than this says more about the overhead than about the weights of a larger one.</summary>
    private const double LeastCalibrationBytes = 32e6;

    /// <summary>From then on observed jobs alone count.</summary>
    public const int EnoughJobs = 5;

    /// <summary>The jobs that count: machines change, and old jobs with them.</summary>
    public const int LastJobs = 15;

    /// <summary>An answer of fewer tokens says little about its rate.</summary>
    public const int LeastJobTokens = 8;

    /// <summary>Thousandths of a token per second behind so much context; null when the benchmark lacks a figure.</summary>
    public static long? Predict(ModelShape shape, BenchResult bench, int contextTokens) =>
        Seconds(shape, bench, contextTokens) is { } seconds ? (long)Math.Min(1e9, 1000 / (seconds * (bench.ModelCalibrationPermille ?? 1000) / 1000)) : null;

    /// <summary>How much slower (thousandths) the benched model was than this rule says; null where it says nothing about others.</summary>
    public static int? Calibrate(ModelShape shape, BenchResult bench)
    {
        if (Bytes(shape) < LeastCalibrationBytes || bench.Model.Count == 0) return null;
        var measured = bench.Model[0];
        // Twice as slow or fast as thought: then something else was measured.
        return Seconds(shape, bench, measured.PromptTokens) is { } seconds && measured.MilliTokensPerSecond > 0
            ? (int)Math.Clamp(1000 * (1000.0 / measured.MilliTokensPerSecond) / seconds, 500, 2000) : null;
    }

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

    private static double? Seconds(ModelShape shape, BenchResult bench, int contextTokens)
    {
        if (bench.Of(FigureNames.MemoryRead) is not { } read || bench.Of(FigureNames.Simd) is not { } operations || read <= 0 || operations <= 0) return null;
        var (bandwidth, rate) = (read * 1e6, operations * 1e6);
        var slow = bench.Of(FigureNames.Integer) is > 0 and var steps ? OverheadSteps / steps : 1.0;
        return Math.Max(0, Bytes(shape) - CachedBytes) / bandwidth
            + shape.Weights.Sum(weights => weights.Count * Operations(weights.Format)) / rate
            + (double)contextTokens * shape.CacheBytesPerToken * ScatteredRead / bandwidth
            + (TokenOverhead + shape.Layers * LayerOverhead) * slow;
    }

    private static double Bytes(ModelShape shape) => shape.Weights.Sum(weights => weights.Count * weights.BytesEach);

    /// <summary>What using one number costs beside reading it, in operations of the SIMD figure (measured with llama.cpp's x86 builds; a number in a block must be unpacked first).</summary>
    private static double Operations(uint format) => format switch
    {
        0 => 1.8, // F32
        1 or 30 => 1.1, // F16, BF16
        2 or 3 or 20 => 1.4, // Q4_0, Q4_1, IQ4_NL: repacked when loaded, several rows at once
        8 => 3.5, // Q8_0
        12 or 13 => 1.8, // Q4_K, Q5_K
        _ => 3,
    };
}

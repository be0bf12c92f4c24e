using System.Diagnostics;
using System.Globalization;

namespace FedAi.Benchmarks.Rows;

/// <summary>Whether a router that works for long holds more of anything at its end than near its beginning.</summary>
internal static class EnduranceRow
{
    private const int Default = 600_000, Connections = 16, PerBatch = 1000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>One request in ten is a stream whose reader leaves at its first token.</summary>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(int? requests, Progress progress, CancellationToken cancellationToken)
    {
        var (wanted, start) = (requests ?? Default, Stopwatch.GetTimestamp());
        await using var bench = await RouterBench.StartAsync(cancellationToken);
        await bench.WarmUpAsync(Connections, cancellationToken);
        List<string> problems = [];
        ProcessUse? early = null;
        var made = 0;
        while (made < wanted && Stopwatch.GetElapsedTime(start) < Limit)
        {
            await bench.EndureAsync(PerBatch, Connections, problems, cancellationToken);
            made += PerBatch;
            if (early is null && made >= wanted / 10) early = await bench.UseAsync(cancellationToken, untilNoncesAreGone: true);
            if (made % (30 * PerBatch) == 0) progress.Say(Number($"{made:N0} of {wanted:N0} requests, {bench.Use}"));
        }

        var late = await bench.UseAsync(cancellationToken, untilNoncesAreGone: true);
        var whole = made >= wanted;
        var what = whole ? Number($"{made:N0} requests") : Number($"{made:N0} of {wanted:N0} requests (10 minutes were over)");
        return
        [
            Figure("memory", late.MemoryMb, early!.MemoryMb, "MB"),
            Figure("descriptors", late.Descriptors, early.Descriptors, ""),
            Figure("threads", late.Threads, early.Threads, ""),
            new Figure("endurance: nothing but the aborted went wrong", "all", problems.Count == 0 ? "all" : problems[0], problems.Count == 0),
        ];

        Figure Figure(string of, double now, double before, string unit) =>
            new($"router's {of} after {what}, 10 % aborted, against the first tenth", "≤ 1.05 ×", Number($"{now / before:0.00} ×"), whole && now <= (unit.Length > 0 ? before * 1.05 : Math.Ceiling(before * 1.05)), // of 19 threads, 20 are the next
                Number($"{now:0.#} {unit}, first {before:0.#} {unit}"));
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

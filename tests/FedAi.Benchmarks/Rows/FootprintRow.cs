using System.Globalization;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>Memory and start of the published daemon, beside an empty Kestrel published the same way in the same run.</summary>
internal static class FootprintRow
{
    private const int Starts = 5;

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(30);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        List<double> start = [], emptyStart = [];
        for (var round = 1; round < Starts; round++)
        {
            await using var emptyAgain = await FedaiProcess.StartAsync(Published.EmptyKestrel, [], cancellationToken);
            emptyStart.Add(emptyAgain.TimeToReady.TotalSeconds);
            await using var again = new ProcessFederation(Published.Executable);
            start.Add((await again.StartRouterAsync(cancellationToken)).TimeToReady.TotalSeconds);
            progress.Say(Number($"start {round} of {Starts}: {start[^1]:0.00} s, an empty Kestrel {emptyStart[^1]:0.00} s"));
        }

        await using var empty = await FedaiProcess.StartAsync(Published.EmptyKestrel, [], cancellationToken);
        await using var federation = new ProcessFederation(Published.Executable);
        var router = await federation.StartRouterAsync(cancellationToken);
        var node = await federation.StartNodeAsync(router, model: null, cancellationToken);
        progress.Say("waiting until 30 s after ready");
        await Task.Delay(Settle, cancellationToken);
        var (emptyMb, routerMb, nodeMb) = (ResidentMb(empty.Id), ResidentMb(router.Id), ResidentMb(node.Id));
        var started = Statistics.Median(start.Append(router.TimeToReady.TotalSeconds));
        return
        [
            Memory("router", routerMb, emptyMb),
            Memory("node without runner", nodeMb, emptyMb),
            Above("router", routerMb, emptyMb),
            Above("node without runner", nodeMb, emptyMb),
            new Figure("router, start to ready", "≤ 0.6 s", Number($"{started:0.00} s"), started <= 0.6,
                Number($"an empty Kestrel {Statistics.Median(emptyStart):0.00} s")),
        ];
    }

    private static Figure Memory(string what, double mb, double emptyMb) =>
        new($"memory 30 s after ready, {what}", "≤ 90 MB", Number($"{mb:0.0} MB"), mb <= 90, Number($"an empty Kestrel {emptyMb:0.0} MB"));

    private static Figure Above(string what, double mb, double emptyMb) =>
        new($"memory above an empty Kestrel, {what}", "≤ 30 MB", Number($"{mb - emptyMb:0.0} MB"), mb - emptyMb <= 30);

    private static double ResidentMb(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

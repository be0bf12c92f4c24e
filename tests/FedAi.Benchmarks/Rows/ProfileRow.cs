using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FedAi.Daemon.Capability;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>How long somebody waits for a profile, alone and with targets that never answer, and for a recommendation.</summary>
internal static class ProfileRow
{
    private const int Runs = 5, SilentTargets = 4, Recommendations = 1000;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        using var folder = new TempFolder();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var targets = string.Join(',', Enumerable.Range(1, SilentTargets).Select(at => $"\"http://{silent.LocalEndpoint}/{at}\""));
        List<double> alone = [], asking = [];
        var profile = "";
        for (var run = 1; run <= Runs; run++)
        {
            alone.Add(await SecondsAsync([]));
            asking.Add(await SecondsAsync(["--set", $"bench.targets=[{targets}]"]));
            progress.Say(Number($"run {run} of {Runs}: {alone[^1]:0.00} s alone, {asking[^1]:0.00} s with {SilentTargets} silent targets"));
        }

        var read = JsonSerializer.Deserialize(profile, CapabilityJson.Default.MachineProfile)!;
        if (read.Network.Targets.Count != SilentTargets || read.Network.Targets.Any(target => target.LatencyMs is not null)) throw new InvalidOperationException("somebody answered, or was not asked");
        var milliseconds = Enumerable.Range(0, Recommendations).Select(_ =>
        {
            var began = Stopwatch.GetTimestamp();
            Recommender.Recommend(read, null, new RecommendInput());
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }).ToList();
        return
        [
            new Figure("fedai profile without network and disk sample, slowest of 5", "≤ 2 s", Number($"{alone.Max():0.00} s"), alone.Max() <= 2, Number($"median {Statistics.Median(alone):0.00} s")),
            // One after the other they would take four times as long.
            new Figure(Number($"more for {SilentTargets} targets that never answer, slowest of 5"), "≤ 3.5 s", Number($"{asking.Max() - Statistics.Median(alone):0.00} s"), asking.Max() - Statistics.Median(alone) <= 3.5, "3 s each, all at once"),
            // The first is compiled first here, and in the published program long before.
            new Figure(Number($"recommend, slowest of {Recommendations} after the first"), "≤ 10 ms", Number($"{milliseconds.Skip(1).Max():0.00} ms"), milliseconds.Skip(1).Max() <= 10, Number($"median {Statistics.Median(milliseconds):0.000} ms, the first {milliseconds[0]:0.0} ms")),
        ];

        async Task<double> SecondsAsync(string[] more)
        {
            var began = Stopwatch.GetTimestamp();
            profile = await Published.RunAsync(["profile", "--json", "--data", folder.Path, .. more], cancellationToken);
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

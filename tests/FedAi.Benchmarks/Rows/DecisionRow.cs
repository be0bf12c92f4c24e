using System.Globalization;
using System.Text.Json;
using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>
/// Whether <c>fedai bench router</c> tells the truth about decisions: the median it tells of, beside the one that a router measures itself (<c>/metrics</c>)
/// when as many ask it for quotes as there are processors, among a thousand nodes that registered with it.
/// </summary>
internal static class DecisionRow
{
    private const int Rounds = 6, PerRound = 1500;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        await using var federation = new ProcessFederation(Published.Executable);
        using var load = new LoadGenerator();
        using var http = new HttpClient();
        using var client = KeyPair.Generate();
        var nodes = Enumerable.Range(0, DecisionWork.Nodes).Select(_ => KeyPair.Generate()).ToList();
        var router = await federation.StartRouterAsync(cancellationToken);
        using var key = KeyPair.Generate();
        await using var stub = await StubNode.StartAsync(key);
        List<double> seen = [];
        await RoundAsync();
        for (var round = 1; round <= Rounds / 2; round++) await RoundAsync(round);
        progress.Say("fedai bench router, for two minutes");
        using var folder = new TempFolder();
        var told = JsonSerializer.Deserialize(await Published.RunAsync(["bench", "router", "--max-seconds", "120", "--json", "--data", folder.Path], cancellationToken), CapabilityJson.Default.BenchResult)!
            .Figures.Single(figure => figure.Name == FigureNames.DecisionP50).Median;
        for (var round = Rounds / 2 + 1; round <= Rounds; round++) await RoundAsync(round);
        foreach (var node in nodes) node.Dispose();

        var truth = Statistics.Median(seen);
        var off = Math.Abs(told / truth - 1) * 100;
        return [new Figure($"fedai bench router: a decision among {DecisionWork.Nodes} nodes", "≤ 20 % off", Number($"{off:0} %"), off <= 20, Number($"it says {told} µs, a router under load took {truth:0} µs"))];

        async Task RoundAsync(int? round = null)
        {
            // Nodes that say nothing for 30 s count as gone.
            var random = new Random(42);
            Complete(await load.RunAsync(new Uri(router.Url, "register-node"), [.. nodes.Select((key, at) => new LoadRequest(EnvelopeSealer.Seal(
                DecisionWork.Descriptor(key.PublicKey.Npub, at, stub.Base, random), ProtocolJson.Default.NodeDescriptor, key, WireClient.Now), 200))], Environment.ProcessorCount, cancellationToken));
            var quotes = Enumerable.Range(0, PerRound).Select(_ => new LoadRequest(EnvelopeSealer.Seal(
                DecisionWork.Quote(), ProtocolJson.Default.QuoteRequest, client, WireClient.Now), 200)).ToList();
            var before = await TimesAsync();
            Complete(await load.RunAsync(new Uri(router.Url, "quote"), quotes, Environment.ProcessorCount, cancellationToken));
            var times = (await TimesAsync()).Since(before);
            if (round is null) return;
            seen.Add(times.Percentile(0.5));
            progress.Say(Number($"round {round} of {Rounds}: {seen[^1]:0} µs"));
        }

        async Task<DecisionTimes> TimesAsync() => DecisionTimes.Read(await http.GetStringAsync(new Uri(router.Url, "metrics"), cancellationToken));
    }

    private static void Complete(LoadResult result)
    {
        if (result.Surprises.Count > 0) throw new InvalidOperationException(result.Surprises[0]);
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

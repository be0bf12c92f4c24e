using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>
/// Whether <c>fedai bench router</c> tells the truth about decisions: what it says one takes, beside the processor time that a quote among a thousand
/// real registrations costs a router more than a quote where there is one node, under as many askers as there are processors.
/// </summary>
internal static class DecisionRow
{
    private const int Rounds = 6, PerRound = 1500;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        await using var federation = new ProcessFederation(Published.Executable);
        using var load = new LoadGenerator();
        using var client = KeyPair.Generate();
        var nodes = Enumerable.Range(0, DecisionWork.Nodes).Select(_ => KeyPair.Generate()).ToList();
        var few = await federation.StartRouterAsync(cancellationToken, "few", Quiet());
        var many = await federation.StartRouterAsync(cancellationToken, "many", Quiet());
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
        return [new Figure($"fedai bench router: a decision among {DecisionWork.Nodes} nodes", "≤ 20 % off", Number($"{off:0} %"), off <= 20, Number($"it says {told} µs, a router took {truth:0} µs"))];

        async Task RoundAsync(int? round = null)
        {
            // Nodes that say nothing for 30 s count as gone.
            await RegisterAsync(few, 1);
            await RegisterAsync(many, nodes.Count);
            var took = await QuoteAsync(many) - await QuoteAsync(few);
            if (round is null) return;
            seen.Add(took);
            progress.Say(Number($"round {round} of {Rounds}: {took:0} µs"));
        }

        async Task RegisterAsync(FedaiProcess router, int count)
        {
            var random = new Random(42);
            var registrations = nodes.Take(count).Select((key, at) => new LoadRequest(EnvelopeSealer.Seal(
                DecisionWork.Descriptor(key.PublicKey.Npub, at, random) with { Endpoint = "http://127.0.0.1:9/" }, ProtocolJson.Default.NodeDescriptor, key, WireClient.Now), 200)).ToList();
            Complete(await load.RunAsync(new Uri(router.Url, "register-node"), registrations, Environment.ProcessorCount, cancellationToken));
        }

        async Task<double> QuoteAsync(FedaiProcess router)
        {
            var quotes = Enumerable.Range(0, PerRound).Select(_ => new LoadRequest(EnvelopeSealer.Seal(
                new QuoteRequest { RequestId = Guid.CreateVersion7().ToString(), ModelId = "model-0", MaxTokens = 16, InputTokensEstimate = 50, OutputTokensEstimate = 16, PrivacyLevel = PrivacyLevel.PL0 },
                ProtocolJson.Default.QuoteRequest, client, WireClient.Now), 200)).ToList();
            var before = ProcessTree.CpuTime(router.Id);
            Complete(await load.RunAsync(new Uri(router.Url, "quote"), quotes, Environment.ProcessorCount, cancellationToken));
            return (ProcessTree.CpuTime(router.Id) - before).TotalMicroseconds / PerRound;
        }
    }

    /// <summary>Without looks at nodes that are not there.</summary>
    private static JsonObject Quiet() => new() { ["router"] = new JsonObject { ["healthIntervalSeconds"] = 3600 } };

    private static void Complete(LoadResult result)
    {
        if (result.Surprises.Count > 0) throw new InvalidOperationException(result.Surprises[0]);
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

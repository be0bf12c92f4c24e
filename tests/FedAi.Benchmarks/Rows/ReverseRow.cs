using System.Globalization;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Benchmarks.Rows;

/// <summary>How much later a token arrives over the connection that a node opened than from the node's own address, both over TLS, at 64 streams.</summary>
internal static class ReverseRow
{
    private const int Rounds = 7;
    private const int Streams = 64;
    private const int TokensPerStream = 100;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions
        {
            Http = new HttpOptions { Tls = new TlsOptions { Mode = TlsMode.Pinned } },
            Log = new LogOptions { Level = Microsoft.Extensions.Logging.LogLevel.Error },
        });
        var pin = router.Services.GetRequiredService<PublicAddress>().TlsSpki![0];
        using var node = await ReverseNode.StartAsync($"{router.Key.PublicKey.Npub}@{router.Base}#{pin}", cancellationToken);
        var directory = router.Services.GetRequiredService<NodeDirectory>();
        var entry = await Patience.ForAsync(() => directory.Current.FirstOrDefault(known => known.Endpoint.Channel is not null));
        using var http = new PeerHttp(PrivateNetworks.Loopback);

        await RoundAsync(http, router, entry.Endpoint, tokens: 20, cancellationToken);
        await RoundAsync(http, router, node.Address, tokens: 20, cancellationToken);
        List<double> p50 = [], p99 = [], directP50 = [], directP99 = [];
        for (var round = 1; round <= Rounds; round++)
        {
            var direct = await RoundAsync(http, router, node.Address, TokensPerStream, cancellationToken);
            var reverse = await RoundAsync(http, router, entry.Endpoint, TokensPerStream, cancellationToken);
            directP50.Add(Statistics.Median(direct));
            directP99.Add(Statistics.Percentile(direct, 0.99));
            p50.Add(Statistics.Median(reverse) - directP50[^1]);
            p99.Add(Statistics.Percentile(reverse, 0.99) - directP99[^1]);
            progress.Say(Number($"round {round} of {Rounds}: {p50[^1]:+0.00;-0.00} ms at p50, {p99[^1]:+0.00;-0.00} ms at p99"));
        }

        return
        [
            Added("p50", 0.3, p50, directP50),
            Added("p99", 3, p99, directP99),
        ];
    }

    private static Figure Added(string what, double reach, List<double> added, List<double> direct)
    {
        var got = Statistics.Median(added);
        return new Figure($"added by the reverse channel, {Streams} streams over TLS, {what}", Number($"≤ {reach} ms"), Number($"{got:0.00} ms"), got <= reach,
            Number($"directly {Statistics.Median(direct):0.00} ms"));
    }

    /// <summary>The delay of every token, in ms.</summary>
    private static async Task<IReadOnlyList<double>> RoundAsync(PeerHttp http, TestDaemon router, PeerEndpoint node, int tokens, CancellationToken cancellationToken)
    {
        var requests = Enumerable.Range(0, Streams).Select(_ => new LoadRequest(EnvelopeSealer.Seal(
            WireClient.Ask(TickingRunner.ModelId, maxTokens: tokens), ProtocolJson.Default.InferenceRequest, router.Key, WireClient.Now), 200)).ToList();
        var outcomes = await StreamGenerator.RunAsync((body, stop) => http.PostAsync(node, "infer/stream", body, stop), requests, cancellationToken);
        return Array.Find(outcomes, outcome => outcome.LastEvent != "final" || outcome.DelaysMs.Count != tokens) is { } broken
            ? throw new InvalidOperationException($"a stream ended with {broken.Status} {broken.LastEvent} {broken.LastData}")
            : [.. outcomes.SelectMany(outcome => outcome.DelaysMs)];
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

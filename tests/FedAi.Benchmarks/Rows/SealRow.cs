using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Benchmarks.Rows;

/// <summary>
/// What sealing adds to a request, all of it: sealed in the gateway, opened in the node, the answer sealed there and opened in the
/// gateway. Gateway and router are the published processes; the node says the same 16 words every time, at once. PL1 and PL2 take turns.
/// </summary>
internal static class SealRow
{
    private const int Rounds = 5;
    private const int Requests = 400;
    private const double ReachMs = 0.3;

    private static readonly string[] Words = [.. Enumerable.Range(0, 16).Select(index => $"word {index} ")];

    /// <summary>About 1 KB.</summary>
    private static readonly string Question = string.Concat(Enumerable.Repeat("It's one sentence of a longer question. ", 25));

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        await using var federation = new ProcessFederation(Published.Executable);
        var router = await federation.StartRouterAsync(cancellationToken);
        await using var node = await TestDaemon.StartAsync(
            Role.Node,
            new FedAiOptions { Node = new NodeOptions { Routers = [$"{await federation.NpubAsync("router", cancellationToken)}@{router.Url}"] } },
            services => services.AddSingleton<IRunner>(new ScriptedRunner { Models = [new RunnerModel("scripted", 4096, null)], Answer = _ => Words }));
        var settings = new JsonObject { ["gateway"] = new JsonObject { ["nodes"] = new JsonObject { ["allow"] = new JsonArray(node.Key.PublicKey.Npub) } } };
        var gateway = await federation.StartGatewayAsync(ProcessFederation.RelayOf(router), cancellationToken, settings: settings);
        using var client = new ChatClient(gateway.Url);
        var model = await client.FirstModelAsync(cancellationToken);

        await TakeTurnsAsync([], []);
        List<double> added = [], plain = [], sealing = [];
        for (var round = 1; round <= Rounds; round++)
        {
            List<double> atPl1 = [], atPl2 = [];
            await TakeTurnsAsync(atPl1, atPl2);
            plain.Add(Statistics.Median(atPl1));
            sealing.Add(Statistics.Median(atPl2));
            added.Add(sealing[^1] - plain[^1]);
            progress.Say(Number($"round {round} of {Rounds}: {added[^1]:0.000} ms added, {plain[^1]:0.000} ms without"));
        }

        var (got, alone) = (Statistics.Median(added), Statistics.Median(Enumerable.Range(0, Rounds).Select(_ => CpuMicroseconds())));
        return
        [
            new Figure("sealing and opening: added to a request at p50", Number($"≤ {ReachMs} ms"), Number($"{got:0.000} ms"), got <= ReachMs,
                Number($"PL1 {Statistics.Median(plain):0.000} ms, PL2 {Statistics.Median(sealing):0.000} ms; 1 KB asked, {Words.Length} pieces answered; sealing and opening alone {alone:0} µs of CPU")),
        ];

        async Task TakeTurnsAsync(List<double> atPl1, List<double> atPl2)
        {
            for (var request = 0; request < Requests; request++)
            {
                atPl1.Add(await AskAsync(PrivacyLevel.PL1));
                atPl2.Add(await AskAsync(PrivacyLevel.PL2));
            }
        }

        async Task<double> AskAsync(PrivacyLevel level)
        {
            var begun = Stopwatch.GetTimestamp();
            using var response = await client.PostAsync(model, Question, maxTokens: 256, cancellationToken, level);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            var elapsed = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            return body.Contains(Words[^1], StringComparison.Ordinal) && body.EndsWith("[DONE]\n\n", StringComparison.Ordinal)
                ? elapsed
                : throw new InvalidOperationException($"not the whole answer came back: {body}");
        }
    }

    /// <summary>Both ends of one request and its answer in this process, without a network: the part of it that is cryptography and JSON.</summary>
    private static double CpuMicroseconds()
    {
        using var secret = X25519Key.Generate();
        var key = new SealKey { Kid = "k", Suite = SealKeys.Suite, PublicKey = Convert.ToBase64String(secret.PublicKey), NotBeforeMs = 0, ExpiresAtMs = 1 };
        var request = WireClient.Ask(prompt: Question);
        for (var i = 0; i < Requests; i++) Run();
        var begun = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Requests; i++) Run();
        return (Environment.CpuUsage.TotalTime - begun).TotalMicroseconds / Requests;

        void Run()
        {
            SealedSender.TryCreate(key, out var sender);
            if (!SealedRequests.TryOpen(SealedRequests.Seal(request, "npub", sender!, out var reader), secret, out _, out var writer, out _))
                throw new InvalidOperationException("what was sealed did not open");
            foreach (var frame in Words.Select(delta => writer!.Seal(delta))) reader.TryRead(frame, out _, out _, out _);
            reader.TryRead(writer.Close("stop"), out _, out _, out _);
            if (reader.FinishReason is null) throw new InvalidOperationException("the answer has no end");
        }
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

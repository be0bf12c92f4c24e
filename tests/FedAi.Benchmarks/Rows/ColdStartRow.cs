using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>From the start of a gateway that knows three relays, one of which takes connections and never says a word, to its first answered request.</summary>
internal static class ColdStartRow
{
    private const int Rounds = 5;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        await using var first = await OwnRelay.StartAsync();
        await using var second = await OwnRelay.StartAsync();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var dead = new Uri($"ws://{silent.LocalEndpoint}/");
        await using var federation = new ProcessFederation(Published.Executable);
        var publish = new JsonObject { ["publish"] = new JsonArray(first.Url.ToString(), second.Url.ToString()) };
        var router = await federation.StartRouterAsync(cancellationToken, settings: new JsonObject { ["relays"] = publish });
        using var stub = await StubProcess.StartAsync(router.Url, cancellationToken);

        List<double> seconds = [];
        for (var round = 1; round <= Rounds; round++)
        {
            var gateway = await federation.StartGatewayAsync(relay: null, cancellationToken, $"gateway{round}",
                new JsonObject { ["relays"] = new JsonObject { ["bootstrap"] = new JsonArray(dead.ToString(), first.Url.ToString(), second.Url.ToString()) } });
            var ready = Stopwatch.GetTimestamp();
            using var client = new ChatClient(gateway.Url);
            await client.AskAsync(StubNode.ModelId, "What is a router?", maxTokens: 16, cancellationToken);
            seconds.Add((gateway.TimeToReady + Stopwatch.GetElapsedTime(ready)).TotalSeconds);
            progress.Say(Number($"round {round} of {Rounds}: {seconds[^1]:0.00} s, ready after {gateway.TimeToReady.TotalSeconds:0.00} s"));
            await gateway.StopAsync(cancellationToken);
        }

        var median = Statistics.Median(seconds);
        return [new Figure("cold start to the first answer, three relays, one dead", "≤ 3 s", Number($"{median:0.00} s"), median <= 3)];
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

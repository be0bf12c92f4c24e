using System.Globalization;
using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>
/// Two routers, a node and a gateway that were told nothing but a directory of relays. They find each other, and questions go on
/// being answered while relays, routers and the gateway are restarted: 500 questions, over as many seconds as <c>FEDAI_SOAK</c> says.
/// </summary>
public sealed class FederationTests
{
    private const int Askers = 4;

    private const int Questions = 500;

    /// <summary>Long enough for each trouble to be over before the next.</summary>
    private const double Seconds = 30;

    private static readonly TimeSpan Pace =
        TimeSpan.FromSeconds(double.TryParse(Environment.GetEnvironmentVariable("FEDAI_SOAK"), CultureInfo.InvariantCulture, out var seconds) ? seconds : Seconds) / Questions;

    [Fact]
    public async Task Federation_ToldOnlyADirectory_AnswersEveryQuestionAcrossRestarts()
    {
        await using var federation = new ProcessFederation(Path.Combine(AppContext.BaseDirectory, "fedai"));
        var relay = await federation.StartRelayAsync("relay", "127.0.0.1:0", default);
        await using var otherRelay = await NpmRelay.StartAsync();
        await using var directory = await DirectoryServer.StartAsync(ProcessFederation.RelayOf(relay), otherRelay.Url);

        var first = await federation.StartRouterAsync(default, "router-a", Settings(directory));
        var second = await federation.StartRouterAsync(default, "router-b", Settings(directory));
        var settings = Settings(directory);
        settings["node"] = new JsonObject
        {
            ["routers"] = new JsonArray($"{await federation.NpubAsync("router-a", default)}@{first.Url}", $"{await federation.NpubAsync("router-b", default)}@{second.Url}"),
        };
        await federation.StartNodeAsync(first, DemoModel.Path, default, settings: settings);
        var gateway = await federation.StartGatewayAsync(relay: null, default, settings: Settings(directory));
        using var client = new ChatClient(gateway.Url);
        var model = await client.FirstModelAsync(default);
        await KnowsAsync(first, routers: 1);
        await KnowsAsync(second, routers: 1);
        await KnowsAsync(gateway, routers: 2);

        // Each trouble begins when that share of the questions is asked, and the askers do not wait for it.
        var troubles = new Queue<(int At, Func<Task> Run)>(
        [
            (Questions / 6, () => relay.KillAsync(default)),
            (2 * Questions / 6, async () => relay = await federation.StartRelayAsync("relay", $"127.0.0.1:{relay.Url.Port}", default)),
            (3 * Questions / 6, async () => first = await RestartAsync("router-a", first)),
            (4 * Questions / 6, async () => gateway = await RestartGatewayAsync(gateway)),
            (5 * Questions / 6, async () => second = await RestartAsync("router-b", second)),
        ]);
        List<Task> running = [];
        var next = -1;
        var begun = TimeProvider.System.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, Askers).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var number && number < Questions)
            {
                lock (troubles)
                    if (troubles.TryPeek(out var trouble) && number >= trouble.At) running.Add(troubles.Dequeue().Run());
                var due = (Pace * number) - TimeProvider.System.GetElapsedTime(begun);
                if (due > TimeSpan.Zero) await Task.Delay(due);
                (await AskAsync(client, model, number)).OutputTokens.ShouldBeGreaterThan(0);
            }
        }));

        troubles.ShouldBeEmpty();
        await Task.WhenAll(running);

        async Task<FedaiProcess> RestartAsync(string name, FedaiProcess router)
        {
            (await router.StopAsync(default)).ShouldBe(0, router.Output);
            return await federation.RestartAsync(name, default, router.Url);
        }

        async Task<FedaiProcess> RestartGatewayAsync(FedaiProcess old)
        {
            (await old.StopAsync(default)).ShouldBe(0, old.Output);
            return await federation.RestartGatewayAsync(old, default);
        }
    }

    /// <summary>Asks once; only what every OpenAI client repeats by itself is repeated: no connection, or a server that says that it is stopping.</summary>
    private static async Task<ChatRun> AskAsync(ChatClient client, string model, int number)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            try
            {
                return await client.AskAsync(model, $"What is a router? ({number})", maxTokens: 8, patience.Token);
            }
            catch (Exception trouble) when (trouble is HttpRequestException || trouble.Message.Contains("draining", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
            }
        }
    }

    private static JsonObject Settings(DirectoryServer directory) => new()
    {
        ["relays"] = new JsonObject { ["directories"] = new JsonArray(directory.Url.ToString()) },
        ["http"] = new JsonObject { ["allowPrivate"] = "loopback" },
    };

    private static async Task KnowsAsync(FedaiProcess daemon, int routers)
    {
        using var http = new HttpClient();
        using var patience = new CancellationTokenSource(Patience.Limit);
        while ((int?)JsonNode.Parse(await http.GetStringAsync(new Uri(daemon.Url, "status"), patience.Token))!["knownRouters"] is not { } known || known < routers)
            await Task.Delay(TimeSpan.FromMilliseconds(100), patience.Token);
    }
}

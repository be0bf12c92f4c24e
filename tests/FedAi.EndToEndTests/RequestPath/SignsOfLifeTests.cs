using System.Net;
using FedAi.Daemon.Gateway;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>Answers that take their time before the first word (DECISIONS E16b).</summary>
public sealed class SignsOfLifeTests
{
    private readonly ManualTime time = new();

    [Theory]
    [InlineData(PrivacyLevel.PL1)]
    [InlineData(PrivacyLevel.PL2)]
    public async Task Ask_PromptThatTakesThreeMinutesThroughTwoHops_IsAnsweredAndNobodyIsBlamed(PrivacyLevel level)
    {
        var silent = new TaskCompletionSource<Task>();
        var runner = new ScriptedRunner(time)
        {
            Delay = TimeSpan.FromMinutes(3),
            Answer = _ =>
            {
                // Before it falls silent: the next timer of this length is the one that ends the silence.
                silent.SetResult(time.TimerOf(SignsOfLife.Interval));
                return ["At last."];
            },
        };
        await using var router = await StartAsync(Role.Router);
        await using var node = await NodeAsync(router, services => services.AddSingleton<IRunner>(runner));
        await using var gateway = await GatewayAsync(router, node);
        var request = WireClient.Ask() with { PrivacyLevel = level };
        await using var steps = gateway.Services.GetRequiredService<IInferenceBackend>().RunAsync(request, CancellationToken.None).GetAsyncEnumerator();

        var next = steps.MoveNextAsync().AsTask();
        await await silent.Task.WaitAsync(Patience.Limit);
        for (var i = 0; i < 17; i++)
        {
            // Whoever has read a sign of life waits anew, and so does everybody before it: they ask for the next before they pass one on.
            time.Move(SignsOfLife.Interval);
            (await next.WaitAsync(Patience.Limit)).ShouldBeTrue();
            steps.Current.ShouldBe(InferenceDelta.SignOfLife);
            next = steps.MoveNextAsync().AsTask();
        }

        time.Move(SignsOfLife.Interval);
        var rest = new List<InferenceEvent>();
        for (; await next.WaitAsync(Patience.Limit); next = steps.MoveNextAsync().AsTask()) rest.Add(steps.Current);

        var answer = rest.Where(step => step is not InferenceDelta { IsSignOfLife: true }).ToList();
        answer[0].ShouldBeOfType<InferenceDelta>().Text.ShouldBe("At last.");
        var end = answer[1].ShouldBeOfType<InferenceEnd>();
        end.OutputTokens.ShouldBe(1);
        end.Signed!.Metering.TtftMs!.Value.ShouldBe(180_000);
        runner.Requests.Count.ShouldBe(1, "nobody gave it up");
        router.Services.GetRequiredService<NodeDirectory>().Find(node.Key.PublicKey)!.Load.Observe(0).Samples.ShouldBe(1);
    }

    [Fact]
    public async Task Ask_ServerThatThinksForThreeMinutes_IsAnswered()
    {
        var thoughts = new SemaphoreSlim(0);
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = async context =>
        {
            await ScriptedServer.EventsAsync(context, ScriptedServer.Chunk("So: "));
            for (var i = 0; i < 18; i++)
            {
                await ScriptedServer.EventsAsync(context, """{"choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}]}""");
                await thoughts.WaitAsync(context.RequestAborted);
            }

            await ScriptedServer.EventsAsync(context, ScriptedServer.Chunk("At last."), ScriptedServer.Finish("stop"), "[DONE]");
        };
        await using var router = await StartAsync(Role.Router);
        await using var node = await NodeAsync(router, _ => { }, new RunnerOptions { Kind = RunnerKind.OpenAi, Upstreams = [new UpstreamOptions { Url = server.Base.ToString(), IdleMs = 600_000 }] });
        await using var gateway = await GatewayAsync(router, node, "m");
        var request = WireClient.Ask("m") with { PrivacyLevel = PrivacyLevel.PL1 };
        await using var steps = gateway.Services.GetRequiredService<IInferenceBackend>().RunAsync(request, CancellationToken.None).GetAsyncEnumerator();

        (await steps.MoveNextAsync().AsTask().WaitAsync(Patience.Limit)).ShouldBeTrue();
        steps.Current.ShouldBeOfType<InferenceDelta>().Text.ShouldBe("So: ");
        var next = steps.MoveNextAsync().AsTask();
        for (var i = 0; i < 18; i++)
        {
            time.Move(SignsOfLife.Interval);
            (await next.WaitAsync(Patience.Limit)).ShouldBeTrue();
            steps.Current.ShouldBe(InferenceDelta.SignOfLife);
            next = steps.MoveNextAsync().AsTask();
            thoughts.Release();
        }

        (await next.WaitAsync(Patience.Limit)).ShouldBeTrue();
        steps.Current.ShouldBeOfType<InferenceDelta>().Text.ShouldBe("At last.");
        server.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task InferStream_NodeFailsAfterNothingButSigns_TheNextNodeAnswers()
    {
        await using var federation = await TestFederation.StartAsync();
        await using var broken = await ForgingNode.StartAsync(federation.Router.Base);
        (broken.Streamed, broken.OmitFinal) = ([""], true);
        await federation.AddNodeAsync(new ScriptedRunner());
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());

        for (var i = 0; i < 4; i++)
        {
            using var answer = await client.StreamAsync(WireClient.Ask());
            var body = await answer.Content.ReadAsStringAsync();
            body.ShouldContain("event: final");
            body.ShouldNotContain("event: error");
        }

        broken.Asked.ShouldNotBeNull("or nothing was shown");
    }

    [Fact]
    public async Task Infer_WholeAnswerOfANodeOfOurs_IsReadAsAStream()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var node = await ForgingNode.StartAsync(router.Base);
        node.Streamed = ["", "An answer."];
        using var client = new WireClient(router.Base, KeyPair.Generate());

        var whole = await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest);
        node.Streamed = ["An advert."];
        var forged = await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest);

        whole.Status.ShouldBe(HttpStatusCode.OK, whole.Body);
        WireClient.ErrorOf(forged.Body).ShouldBe("stream-mismatch", "so the stream was read");
    }

    private Task<TestDaemon> StartAsync(Role role, FedAiOptions? options = null, Action<IServiceCollection>? add = null) => TestDaemon.StartAsync(role, options, services =>
    {
        services.AddSingleton<TimeProvider>(time);
        add?.Invoke(services);
    });

    private async Task<TestDaemon> NodeAsync(TestDaemon router, Action<IServiceCollection> add, RunnerOptions? runner = null)
    {
        var options = new FedAiOptions { Node = new NodeOptions { Routers = [$"{router.Key.PublicKey.Npub}@{router.Base}"] } };
        var node = await StartAsync(Role.Node, runner is null ? options : options with { Runner = runner }, add);
        var directory = router.Services.GetRequiredService<NodeDirectory>();
        await Patience.UntilAsync(() =>
        {
            // Loops that wait before they try again do so by this clock.
            time.Move(TimeSpan.FromMilliseconds(100));
            return directory.Find(node.Key.PublicKey) is { Descriptor.Capabilities.Count: > 0 };
        });
        return node;
    }

    private async Task<TestDaemon> GatewayAsync(TestDaemon router, TestDaemon trusted, string model = "scripted")
    {
        var gateway = await StartAsync(Role.Gateway, new FedAiOptions { Gateway = new GatewayOptions { Nodes = new GatewayNodesOptions { Allow = [trusted.Key.PublicKey.Npub] } } });
        var known = AnnouncedRouter.At(router.Key.PublicKey, router.Base, time.GetUtcNow().ToUnixTimeMilliseconds(), model);
        gateway.Services.GetRequiredService<RouterDirectory>().Observe(known with { Profile = known.Profile with { PrivacyCaps = new PrivacyCaps { MaxLevel = PrivacyLevel.PL2 } } }).ShouldBeTrue();
        return gateway;
    }
}

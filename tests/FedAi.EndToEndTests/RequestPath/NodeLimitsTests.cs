using System.Net;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>The limits that stand in a node's manifest (MAN-09 to MAN-12) hold for its router too: what is over them never reaches the model.</summary>
public sealed class NodeLimitsTests : IDisposable
{
    private readonly KeyPair router = KeyPair.Generate();

    public void Dispose() => router.Dispose();

    [Theory]
    [InlineData(64, 100, HttpStatusCode.OK, null)]
    [InlineData(65, 100, HttpStatusCode.BadRequest, "max-tokens-exceeded")]
    [InlineData(64, 101, HttpStatusCode.RequestEntityTooLarge, "prompt-too-large")]
    public async Task Infer_AtItsLimits_RunsAndOneMoreDoesNot(int maxTokens, int promptBytes, HttpStatusCode status, string? error)
    {
        var runner = new ScriptedRunner();
        await using var node = await StartAsync(runner, new NodeOptions { MaxTokens = 64, MaxPromptBytes = 100 });
        using var client = new WireClient(node.Base, router);

        var (answered, body) = await client.PostAsync("infer", WireClient.Ask(prompt: new string('x', promptBytes), maxTokens: maxTokens), ProtocolJson.Default.InferenceRequest);

        (answered, WireClient.ErrorOf(body)).ShouldBe((status, error));
        runner.Requests.Count.ShouldBe(error is null ? 1 : 0);
    }

    [Fact]
    public async Task Infer_OneMoreAtOnceThanMaxConcurrency_IsRefusedAndNeverRuns()
    {
        var runner = new ScriptedRunner { StallAt = 1 };
        await using var node = await StartAsync(runner, new NodeOptions { MaxConcurrency = 1 });
        using var client = new WireClient(node.Base, router);
        using var other = new WireClient(node.Base, router);
        var running = client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest);
        await runner.Stalled;

        var (status, body) = await other.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest);

        (status, WireClient.ErrorOf(body)).ShouldBe((HttpStatusCode.ServiceUnavailable, "node-saturated"));
        runner.Requests.Count.ShouldBe(1);
        running.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Infer_FormatThatTheModelDoesNotMake_IsRefusedAndNeverRuns()
    {
        var runner = new ScriptedRunner { Models = [new Runners.RunnerModel("scripted", 512, null)] };
        await using var node = await StartAsync(runner, new NodeOptions());
        using var client = new WireClient(node.Base, router);

        var request = WireClient.Ask() with { ResponseFormat = System.Text.Json.JsonElement.Parse("""{"type":"json_object"}""") };
        var (status, body) = await client.PostAsync("infer", request, ProtocolJson.Default.InferenceRequest);

        (status, WireClient.ErrorOf(body)).ShouldBe((HttpStatusCode.BadRequest, "unsupported-parameter"));
        runner.Requests.ShouldBeEmpty();
    }

    private Task<TestDaemon> StartAsync(ScriptedRunner runner, NodeOptions options) => TestDaemon.StartAsync(Role.Node,
        new FedAiOptions { Node = options with { Routers = [router.PublicKey.Npub] } }, services => services.AddSingleton<Runners.IRunner>(runner));
}

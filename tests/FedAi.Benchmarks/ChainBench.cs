using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.Benchmarks;

/// <summary>The whole chain as published: gateway, router with its relay, node and runner, each its own process.</summary>
internal sealed class ChainBench : IAsyncDisposable
{
    private readonly ProcessFederation federation;
    private readonly int[] processes;
    private readonly ChatClient client;
    private readonly string model;

    private ChainBench(ProcessFederation federation, int[] processes, ChatClient client, string model) =>
        (this.federation, this.processes, this.client, this.model) = (federation, processes, client, model);

    public static async Task<ChainBench> StartAsync(string modelPath, CancellationToken cancellationToken, int slots = 4)
    {
        var federation = new ProcessFederation(Published.Executable);
        var router = await federation.StartRouterAsync(cancellationToken);
        var settings = new JsonObject { ["node"] = new JsonObject { ["maxConcurrency"] = slots }, ["runner"] = new JsonObject { ["slots"] = slots } };
        var node = await federation.StartNodeAsync(router, modelPath, cancellationToken, settings: settings);
        var gateway = await federation.StartGatewayAsync(ProcessFederation.RelayOf(router), cancellationToken);
        var client = new ChatClient(gateway.Url);
        var model = await client.FirstModelAsync(cancellationToken);
        return new ChainBench(federation, [gateway.Id, router.Id, node.Id, .. ProcessTree.Find(node.Id, "fedai-llama")], client, model);
    }

    public Task<ChatRun> AskAsync(string question, int maxTokens, CancellationToken cancellationToken) =>
        client.AskAsync(model, question, maxTokens, cancellationToken);

    public Task<ChatRun> AskAsync(JsonArray messages, string cacheKey, int maxTokens, CancellationToken cancellationToken) =>
        client.AskAsync(model, messages, cacheKey, maxTokens, cancellationToken);

    /// <summary>CPU time of all four processes so far, in µs.</summary>
    public double CpuMicroseconds => processes.Sum(id => ProcessTree.CpuTime(id).TotalMicroseconds);

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await federation.DisposeAsync();
    }
}

#pragma warning disable OPENAI001 // What the package calls experimental is what its users use.

using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using OpenAI;

namespace FedAi.EndToEndTests.Conformance.DotNet;

/// <summary>The official .NET client.</summary>
internal sealed class DotNetClient : IClient
{
    private static readonly Dictionary<string, DotNetCase> Cases = new([.. ChatCases.All, .. ParameterCases.All, .. ToolCases.All, .. EmbeddingCases.All, .. ErrorCases.All]);

    public async Task<CaseRun?> RunAsync(string id, CaseCall call)
    {
        if (!Cases.TryGetValue(id, out var run)) return null;
        using var handler = call.Record || call.Seed is not null ? new CaseHandler(call.Seed) : null;
        using var http = handler is null ? null : new HttpClient(handler);
        var options = new OpenAIClientOptions { Endpoint = new Uri(call.BaseUrl), RetryPolicy = new ClientRetryPolicy(0) };
        if (http is not null) options.Transport = new HttpClientPipelineTransport(http);
        var client = new OpenAIClient(new ApiKeyCredential(call.Key), options);
        var outcome = await AnswerOrErrorAsync(run, new DotNetCall(client, call));
        return new CaseRun(outcome, handler?.Answers ?? []);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<JsonNode> AnswerOrErrorAsync(DotNetCase run, DotNetCall call)
    {
        try
        {
            return await run(call);
        }
        catch (ClientResultException exception)
        {
            var response = exception.GetRawResponse();
            var said = JsonNode.Parse(response?.Content.ToString() is { Length: > 0 } body ? body : "{}")?["error"];
            return new JsonObject
            {
                ["error"] = new JsonObject
                {
                    ["kind"] = nameof(ClientResultException),
                    ["status"] = exception.Status,
                    ["code"] = said?["code"]?.DeepClone(),
                    ["type"] = said?["type"]?.DeepClone(),
                    ["param"] = said?["param"]?.DeepClone(),
                    ["message"] = exception.Message,
                    ["retryAfter"] = response?.Headers.TryGetValue("Retry-After", out var after) == true ? after : null,
                    ["requestId"] = response?.Headers.TryGetValue("x-request-id", out var id) == true ? id : null,
                },
            };
        }
    }
}

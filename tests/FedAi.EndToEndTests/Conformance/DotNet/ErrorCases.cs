using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;

namespace FedAi.EndToEndTests.Conformance.DotNet;

/// <summary>What goes wrong, as the .NET client reports it.</summary>
internal static class ErrorCases
{
    public static IReadOnlyDictionary<string, DotNetCase> All { get; } = new Dictionary<string, DotNetCase>
    {
        ["error.bad-value"] = Ask.Plain(options => options.Temperature = 7),
        ["error.model"] = Ask.Plain(model: "nobody-serves-this"),
        ["error.model-stream"] = Ask.Stream(model: "nobody-serves-this"),
        ["error.retrieve"] = async call => (await call.Client.GetOpenAIModelClient().GetModelAsync("nobody-serves-this")).Value.Id,
        ["error.not-local"] = ElsewhereAsync,
        ["keys.answered"] = ElsewhereAsync,
        ["keys.models"] = ElsewhereAsync,
        ["keys.rate"] = TwiceAsync,
        ["error.too-large"] = Ask.Plain(model: "wide", messages: _ => [new UserChatMessage(string.Concat(Enumerable.Repeat("word ", 60_000)))]),
        ["error.context"] = Ask.Plain(messages: _ => [new UserChatMessage(string.Concat(Enumerable.Repeat("word ", 40_000)))]),
        ["error.rate"] = Ask.Plain(),
        ["error.loading"] = Ask.Plain(),
        ["error.crash"] = Ask.Plain(),
        ["error.crash-stream"] = Ask.Stream(),
        ["error.internal"] = Ask.Plain(),
        ["error.mid-stream"] = Ask.Broken(),
    };

    /// <summary>A caller on another machine, of whom a proxy on this one tells.</summary>
    private static Task<JsonNode> ElsewhereAsync(DotNetCall call)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(call.Asked.BaseUrl), RetryPolicy = new ClientRetryPolicy(0) };
        options.AddPolicy(new HeaderPolicy("x-forwarded-for", "203.0.113.5"), PipelinePosition.PerCall);
        return Ask.Plain()(call with { Client = new OpenAIClient(new ApiKeyCredential(call.Asked.Key), options) });
    }

    private static async Task<JsonNode> TwiceAsync(DotNetCall call)
    {
        await ElsewhereAsync(call);
        return await ElsewhereAsync(call);
    }
}

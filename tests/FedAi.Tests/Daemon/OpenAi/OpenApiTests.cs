using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.OpenAi;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Tests.Daemon.OpenAi;

/// <summary>/openapi.json, read by an independent schema validator (ajv): it describes what is there, and what is there is as described.</summary>
public sealed class OpenApiTests
{
    private static readonly HttpClient Http = new();

    [Theory]
    [InlineData(nameof(Role.Router))]
    [InlineData(nameof(Role.Gateway))]
    [InlineData(nameof(Role.Node))]
    public async Task Document_OfARole_IsItsRouteTableAndSaysSomethingOfEach(string role)
    {
        await using var daemon = await TestDaemon.StartAsync(Enum.Parse<Role>(role));
        var mapped = daemon.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{**", "{")}")).ToList();
        await using var ajv = NodeScript.Start("openapi.mjs");

        var described = await LoadAsync(ajv, daemon.Base);

        described.Order().ShouldBe(mapped.Order());
        mapped.ShouldContain(role == nameof(Role.Gateway) ? "POST /v1/chat/completions" : "POST /infer/stream");
        JsonNode.Parse(await Http.GetStringAsync(new Uri(daemon.Base, "openapi.json")))!["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject()).Where(operation => ((string)operation.Value!["summary"]!).Length == 0).Select(operation => operation.Value!["operationId"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task Document_Parameters_AreTheRowsThatAreRun()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());

        var schemas = JsonNode.Parse(await Http.GetStringAsync(new Uri(server.Address, "openapi.json")))!["components"]!["schemas"]!;

        foreach (var (operation, name) in new[] { (OpenAiOperation.Chat, "ChatRequest"), (OpenAiOperation.Completion, "CompletionRequest"), (OpenAiOperation.Embedding, "EmbeddingRequest") })
            schemas[name]!["properties"]!.AsObject().Select(property => property.Key).ShouldBe(operation.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public async Task Document_Errors_AreTheWholeTable()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());

        var errors = JsonNode.Parse(await Http.GetStringAsync(new Uri(server.Address, "openapi.json")))!["x-fedai-errors"]!.AsArray();

        errors.Count.ShouldBe(Enum.GetValues<ErrorCode>().Length);
        errors.ShouldContain(error => error!.ToJsonString() == """{"code":"model_loading","status":503,"type":"server_error"}""");
    }

    [Fact]
    public async Task Answers_OfEveryKind_FitTheirSchemas()
    {
        var runner = new ScriptedRunner { Calls = request => request.Tools is null ? [] : [new() { Index = 0, Id = "call_1", Name = "add", Arguments = "{}" }] };
        await using var server = await OpenAiServer.StartAsync(runner);
        await using var ajv = NodeScript.Start("openapi.mjs");
        await LoadAsync(ajv, server.Address);
        const string chat = """{"model":"scripted","messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],"tools":[{"type":"function","function":{"name":"add"}}],"tool_choice":{"type":"function","function":{"name":"add"}},"n":1,"stop":["a"],"seed":1,"response_format":{"type":"json_object"}}""";

        await FitsAsync("ChatRequest", chat);
        await FitsAsync("ChatCompletion", await PostAsync("chat/completions", chat));
        foreach (var chunk in (await PostAsync("chat/completions", chat.Insert(1, "\"stream\":true,"))).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).SkipLast(1)) await FitsAsync("ChatCompletionChunk", chunk["data: ".Length..]);
        await FitsAsync("TextCompletion", await PostAsync("completions", """{"model":"scripted","prompt":"x"}"""));
        await FitsAsync("EmbeddingList", await PostAsync("embeddings", """{"model":"scripted","input":"x"}"""));
        await FitsAsync("EmbeddingList", await PostAsync("embeddings", """{"model":"scripted","input":"x","encoding_format":"base64"}"""));
        await FitsAsync("ModelList", await Http.GetStringAsync(server.BaseUrl + "/models"));
        await FitsAsync("Error", await PostAsync("embeddings", "{}"));
        runner.Loading = new LoadProgress { Percent = 3, EtaMs = 700 };
        await FitsAsync("Error", await PostAsync("completions", """{"model":"scripted","prompt":"x"}"""));

        (await ProblemsAsync("ChatRequest", """{"model":"scripted","messages":[{"role":"user","content":"x"}],"n":2}""")).ShouldNotBeEmpty("or the schema lets everything through");
        (await ProblemsAsync("ChatRequest", """{"model":"scripted"}""")).ShouldNotBeEmpty();

        async Task<string> PostAsync(string path, string body)
        {
            using var response = await Http.PostAsync(new Uri($"{server.BaseUrl}/{path}"), new StringContent(body, Encoding.UTF8, "application/json"));
            return await response.Content.ReadAsStringAsync();
        }

        async Task<JsonArray> ProblemsAsync(string schema, string value) => (await ajv.AskAsync(new JsonObject { ["op"] = "check", ["schema"] = schema, ["value"] = value })).AsArray();

        async Task FitsAsync(string schema, string value) => (await ProblemsAsync(schema, value)).Select(problem => (string)problem!).ShouldBeEmpty($"{schema}: {value}");
    }

    private static async Task<List<string>> LoadAsync(NodeScript ajv, Uri server) =>
        [.. (await ajv.AskAsync(new JsonObject { ["op"] = "load", ["text"] = await Http.GetStringAsync(new Uri(server, "openapi.json")) })).AsArray().Select(operation => (string)operation!)];
}

using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>A client from npm, in one node process for all its cases (tests/js/conformance).</summary>
internal sealed class NpmClient(string script) : IClient
{
    private readonly NodeScript process = NodeScript.Start(script);

    public async Task<CaseRun?> RunAsync(string id, CaseCall call)
    {
        var question = new JsonObject { ["id"] = id, ["base"] = call.BaseUrl, ["model"] = call.Model, ["prompt"] = call.Prompt, ["key"] = call.Key, ["record"] = call.Record };
        if (call.Seed is { } seed) question["seed"] = seed;
        using var patience = new CancellationTokenSource(Patience.Limit);
        var answer = await process.AnswerAsync(question, patience.Token);
        if (answer["missing"] is not null) return null;
        return new CaseRun(answer["result"] ?? throw new InvalidOperationException((string?)answer["error"]), [.. (answer["answers"]?.AsArray() ?? []).Select(Recorded)]);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static RecordedAnswer Recorded(JsonNode? answer) =>
        new((int)answer!["status"]!, (string?)answer["type"] ?? "", (string?)answer["requestId"], Convert.FromBase64String((string)answer["body"]!));
}

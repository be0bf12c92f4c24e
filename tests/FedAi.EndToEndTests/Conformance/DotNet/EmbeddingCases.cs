using System.Text.Json.Nodes;
using OpenAI.Embeddings;

namespace FedAi.EndToEndTests.Conformance.DotNet;

/// <summary>Embeddings, asked by the .NET client, which always asks for base64. It has no call for completions without chat.</summary>
internal static class EmbeddingCases
{
    public static IReadOnlyDictionary<string, DotNetCase> All { get; } = new Dictionary<string, DotNetCase>
    {
        ["embeddings.base64"] = Embed(prompt => [prompt]),
        ["embeddings.several"] = Embed(prompt => [prompt, "ab", "abc"]),
        ["embeddings.dimensions"] = Embed(prompt => [prompt], dimensions: 2),
        ["embeddings.other-dimensions"] = Embed(prompt => [prompt], dimensions: 3),
        ["embeddings.unable"] = Embed(prompt => [prompt], model: "wide"),
    };

    private static DotNetCase Embed(Func<string, string[]> inputs, int? dimensions = null, string? model = null) => async call =>
    {
        var made = (await call.Client.GetEmbeddingClient(model ?? call.Model).GenerateEmbeddingsAsync(inputs(call.Prompt), new EmbeddingGenerationOptions { Dimensions = dimensions })).Value;
        return new JsonObject
        {
            ["vectors"] = new JsonArray([.. made.OrderBy(one => one.Index).Select(one => new JsonArray([.. one.ToFloats().ToArray().Select(number => (JsonNode)(double)number)]))]),
            ["usage"] = new JsonObject { ["input"] = made.Usage.InputTokenCount, ["output"] = 0, ["total"] = made.Usage.TotalTokenCount },
        };
    };
}

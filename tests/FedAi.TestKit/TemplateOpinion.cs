using System.Text.Json.Nodes;

namespace FedAi.TestKit;

/// <summary>npm's @huggingface/jinja and ajv, the second opinion on chat templates and on JSON of a schema.</summary>
internal sealed class TemplateOpinion : IAsyncDisposable
{
    private readonly NodeScript script = NodeScript.Start("templates.mjs");

    /// <summary>The text, or null and the complaint.</summary>
    public async Task<(string? Text, string? Error)> RenderAsync(string template, JsonNode values)
    {
        var answer = await script.AskAsync(new JsonObject { ["op"] = "render", ["template"] = template, ["values"] = values.DeepClone() });
        return ((string?)answer["text"], (string?)answer["error"]);
    }

    /// <summary>Many templates with the same values; null for each that complains.</summary>
    public async Task<IReadOnlyList<string?>> RenderAllAsync(IEnumerable<string> templates, JsonNode values)
    {
        var question = new JsonObject { ["op"] = "renderAll", ["templates"] = new JsonArray([.. templates.Select(text => (JsonNode)text)]), ["values"] = values.DeepClone() };
        return [.. (await script.AskAsync(question)).AsArray().Select(answer => (string?)answer!["text"])];
    }

    /// <summary>What is wrong with each text; "" when it is JSON of the schema.</summary>
    public async Task<IReadOnlyList<string>> ValidateAsync(string schema, IEnumerable<string> texts)
    {
        var question = new JsonObject { ["op"] = "validate", ["schema"] = JsonNode.Parse(schema), ["texts"] = new JsonArray([.. texts.Select(text => (JsonNode)text)]) };
        return [.. (await script.AskAsync(question)).AsArray().Select(problem => (string)problem!)];
    }

    /// <summary>A template that lies in tests/templates.</summary>
    public static string Template(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "FedAiP2P.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("this is no checkout");
        return File.ReadAllText(Path.Combine(folder.FullName, "tests", "templates", $"{name}.jinja"));
    }

    public ValueTask DisposeAsync() => script.DisposeAsync();
}

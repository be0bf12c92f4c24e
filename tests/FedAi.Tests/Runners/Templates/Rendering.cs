using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Runners.Templates;

namespace FedAi.Tests.Runners.Templates;

/// <summary>Renders by our engine what the second opinion is given as JSON.</summary>
internal static class Rendering
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 15, 6, 7, TimeSpan.Zero);

    public static string? TryRender(string template, JsonNode values, out string? problem, out bool raised)
    {
        raised = false;
        return ChatTemplate.TryRead(template, out problem) is { } read ? read.TryRender(Values(values), Now, out problem, out raised) : null;
    }

    public static string Render(string template, JsonNode values) =>
        TryRender(template, values, out var problem, out _) ?? throw new InvalidOperationException(problem);

    /// <summary>Python prints True where JavaScript prints true; the rest must be alike.</summary>
    public static string? AsJavaScript(string? text) => text?.Replace("True", "true", StringComparison.Ordinal).Replace("False", "false", StringComparison.Ordinal);

    public static string? Problem(string template, string values = "{}") =>
        TryRender(template, JsonNode.Parse(values)!, out var problem, out _) is { } text ? throw new InvalidOperationException($"it became: {text}") : problem;

    private static IEnumerable<KeyValuePair<string, object?>> Values(JsonNode values) =>
        (OrderedDictionary<string, object?>)TemplateJson.Read(JsonElement.Parse(values.ToJsonString()))!;
}

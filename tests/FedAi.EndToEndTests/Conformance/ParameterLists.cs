using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.OpenAi;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>The three lists of parameters, out of the tables that the product reads bodies by.</summary>
internal static class ParameterLists
{
    private static readonly (string Where, IReadOnlyList<BodyParameter> Parameters)[] Tables =
    [
        ("chat", ChatParameters.All),
        ("completions", CompletionParameters.All),
        ("embeddings", EmbeddingParameters.All),
    ];

    /// <summary>Markdown.</summary>
    public static string Write()
    {
        var text = new StringBuilder();
        foreach (var (use, title) in new[]
        {
            (ParameterUse.Honoured, "Honoured"),
            (ParameterUse.WithoutEffect, "Accepted without effect, because it cannot change the answer"),
            (ParameterUse.Refused, "Refused by name, because the client would get something else than it asked for"),
        })
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {title}\n\n| parameter | of | |\n|---|---|---|\n");
            var rows = from table in Tables
                       from parameter in table.Parameters
                       where parameter.Use == use
                       group table.Where by (parameter.Name, Says: parameter.Description + OnlyWith(parameter)) into same
                       select $"| `{same.Key.Name}` | {string.Join(", ", same)} | {same.Key.Says} |\n";
            text.AppendJoin("", rows);
        }

        return text.ToString();
    }

    /// <summary>Values that a parameter may have without effect; each of them means the same as leaving it out.</summary>
    private static string OnlyWith(BodyParameter parameter)
    {
        if (parameter.Use == ParameterUse.Honoured || JsonNode.Parse(parameter.Schema) is not JsonObject schema) return "";
        var values = schema["enum"]!.AsArray().Where(value => value is not null).Select(value => $"`{value!.ToJsonString()}`").ToList();
        return values.Count == 0 ? "" : parameter.Use == ParameterUse.Refused ? $" {string.Join(" or ", values)} is accepted." : $" Only {string.Join(" or ", values)}; anything else is refused.";
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>What set-up found and did, for a person or as JSON.</summary>
internal static class SetupReport
{
    public static string Text(SetupFindings found, SetupPlan plan, SetupDone done, string next)
    {
        List<string> lines = [.. plan.Warnings.Select(warning => $"warning: {warning}")];
        if (done.Roles.Count > 0)
        {
            lines.Add($"roles     {string.Join(", ", done.Roles)}");
            lines.AddRange(found.Recommendation.NotRecommended.Where(role => !done.Roles.Contains(role.Role)).Select(role => $"          not {role.Role}: {string.Join("; ", role.Reasons)}"));
            lines.Add($"limits    {Limits(done.Options)}");
        }

        lines.Add($"key       {done.Npub} ({(done.IsNewKey ? "new" : "as before")})");
        lines.Add($"config    {done.ConfigPath} ({(done.Set.Count == 0 ? "as before" : $"{done.Set.Count} options set")})");
        foreach (var kept in done.Kept) lines.Add($"          {kept.Key} stays as it stands there; recommended is {kept.Value.ToJsonString()} (--replace takes it)");
        lines.Add($"manifest  {done.ManifestPath}");
        lines.AddRange(plan.Notes.Select(note => $"note      {note}"));
        lines.Add($"next      {next}");
        return string.Join('\n', lines);
    }

    private static string Limits(FedAiOptions options)
    {
        var (node, runner) = (options.Node, options.Runner);
        List<string> parts = [Say($"{node.MaxConcurrency} at once")];
        if (runner.Kind != RunnerKind.None) parts.Add(Say($"of a model {node.MaxTokens} tokens after {node.MaxPromptBytes} bytes, {runner.ContextTokens} tokens together"));
        if (node.Roles.Count > 0) parts.Add(Say($"of a small role {node.MaxRoleBytes} bytes"));
        parts.Add(Say($"{node.Pricing.InputMsat} msat per token in and {node.Pricing.OutputMsat} out"));
        return string.Join("; ", parts);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static JsonObject Json(string role, SetupFindings found, SetupPlan plan, SetupDone done, string next)
    {
        var json = Findings(role, found);
        json["applied"] = new JsonObject
        {
            ["roles"] = Texts(done.Roles),
            ["npub"] = done.Npub,
            ["newKey"] = done.IsNewKey,
            ["config"] = done.ConfigPath,
            ["set"] = new JsonObject(done.Set.Select(setting => KeyValuePair.Create(setting.Key, (JsonNode?)setting.Value.DeepClone()))),
            ["kept"] = Texts(done.Kept.Select(setting => setting.Key)),
            ["manifest"] = done.ManifestPath,
        };
        json["warnings"] = Texts(plan.Warnings);
        json["notes"] = Texts(plan.Notes);
        json["next"] = next;
        return json;
    }

    /// <summary>What was found alone; of a machine that may not be a router there is no more to say.</summary>
    public static JsonObject Findings(string role, SetupFindings found) => new()
    {
        ["role"] = role,
        ["profile"] = JsonSerializer.SerializeToNode(found.Profile, CapabilityJson.Default.MachineProfile),
        ["bench"] = found.Bench is null ? null : JsonSerializer.SerializeToNode(found.Bench, CapabilityJson.Default.BenchResult),
        ["recommendation"] = JsonSerializer.SerializeToNode(found.Recommendation, CapabilityJson.Default.Recommendation),
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}

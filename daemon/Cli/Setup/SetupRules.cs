using System.Globalization;
using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Node;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>From what was found and what was said to what is done. Pure.</summary>
internal static class SetupRules
{
    /// <summary>The plan of a node, or why there is none and what to do.</summary>
    public static (SetupPlan? Plan, string? Refusal) Node(SetupFindings found, SetupWish wish, RunnerKind configured)
    {
        if (wish.Roles?.FirstOrDefault(role => !RoleTypes.Running.Contains(role)) is { } unknown)
            return (null, $"{unknown} is no role that this version serves: choose among {string.Join(", ", RoleTypes.Running)}");
        // Another server's models are not this machine's work; its options stay as they are.
        var isElsewhere = configured is not (RunnerKind.None or RunnerKind.Llama);
        var (advice, refused) = (found.Recommendation.NodeProfiles, found.Recommendation.NotRecommended);
        List<string> warnings = [], notes = [];
        List<string> roles = [.. wish.Roles?.Distinct() ?? advice.Select(role => role.Role)];
        foreach (var role in refused.Where(role => roles.Contains(role.Role))) warnings.Add($"{role.Role} is not recommended here, and is taken because you said so: {string.Join("; ", role.Reasons)}");

        if (!found.HasModel && roles.RemoveAll(IsLlm) > 0)
        {
            if (wish.Roles?.Any(IsLlm) == true) return (null, "there is no model to serve: name one with --model FILE, or get one with fedai models pull");
            notes.Add("this machine could serve a model too: get one with fedai models pull, or name one with --model FILE, and run fedai setup node again");
        }

        if (wish.Model is not null && !roles.Exists(IsLlm) && refused.FirstOrDefault(role => role.Role == RoleTypes.LlmCpuSmall) is { } gate)
            warnings.Add($"the model is not served: {string.Join("; ", gate.Reasons)}. To serve it all the same, add --role {RoleTypes.LlmCpuSmall}");
        if (roles.Count == 0)
            return (null, $"nothing can be recommended for this machine: {string.Join("; ", refused.SelectMany(role => role.Reasons).Distinct())}");

        var llm = roles.Find(IsLlm);
        Dictionary<string, long> said = [];
        // By their text: a number that was typed and one that was read from a flag are different things to JsonNode.
        foreach (var other in wish.Others)
            if (long.TryParse(other.Value.ToJsonString(), CultureInfo.InvariantCulture, out var number)) said[other.Key] = number;
        int Limit(string key, int recommended) => said.TryGetValue(key, out var wanted) ? (int)wanted : recommended;
        var advised = Recommender.LimitsOf(llm ?? roles[0], found.Profile, found.Bench, found.Input);
        var limits = advised with { MaxConcurrency = Limit("node.maxConcurrency", advised.MaxConcurrency), MaxTokens = Limit("node.maxTokens", advised.MaxTokens), MaxPayloadBytes = Limit("node.maxPromptBytes", advised.MaxPayloadBytes) };
        List<SetupSetting> settings =
        [
            new("node.roles", new JsonArray([.. roles.Where(role => !IsLlm(role)).Select(role => JsonValue.Create(role))]), wish.Roles is not null),
            new("node.maxConcurrency", limits.MaxConcurrency, false),
            new("node.maxTokens", limits.MaxTokens, false),
            new("node.maxPromptBytes", limits.MaxPayloadBytes, false),
            new("node.pricing.inputMsat", limits.InputMsat, false),
            new("node.pricing.outputMsat", limits.OutputMsat, false),
        ];
        if (!isElsewhere) settings.Add(new SetupSetting("runner.kind", llm is null ? "none" : "llama", wish.Roles is not null || (llm is not null && wish.Model is not null)));
        if (llm is not null && wish.Model is { } model) settings.Add(new SetupSetting("runner.modelPath", model, true));
        if (llm is not null && !isElsewhere) settings.Add(new SetupSetting("runner.slots", limits.MaxConcurrency, false));
        if (wish.Routers.Count > 0) settings.Add(new SetupSetting("node.routers", new JsonArray([.. wish.Routers.Select(router => JsonValue.Create(router))]), true));
        settings.RemoveAll(setting => wish.Others.Any(other => other.Key == setting.Key));
        settings.AddRange(wish.Others);
        if (found.Bench is null) notes.Add("nothing was measured, so the limits are half of what they could be: leave out --skip-bench to measure");
        if (found.Recommendation.Earnings is { } earnings)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"a busy hour would bring about {earnings.MsatPerBusyHour / 1000} sat at the prices of {earnings.PricesSeen} others"));
        return (new SetupPlan(roles, limits, settings, warnings, notes), null);
    }

    /// <summary>Reasons against a router that no benchmark could take away: then none is made.</summary>
    public static IReadOnlyList<string> WithoutABenchmark(RouterVerdict unmeasured) =>
        [.. unmeasured.Reasons.Where(reason => !reason.StartsWith("Benchmarks are required", StringComparison.Ordinal) && !reason.Contains("no sample past the cache", StringComparison.Ordinal))];

    private static bool IsLlm(string role) => role is RoleTypes.LlmCpuSmall or RoleTypes.LlmGpu;
}

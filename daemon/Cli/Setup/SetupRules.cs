using System.Globalization;
using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Node;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>From what was found and what was said to what is done. Pure.</summary>
internal static class SetupRules
{
    /// <summary>What runner.slots takes.</summary>
    private const int MostSlots = 64;

    /// <summary>The plan of a node, or why there is none and what to do.</summary>
    /// <param name="found">The machine, and whether it has a model.</param>
    /// <param name="wish">What was said now.</param>
    /// <param name="configured">The runner as the configuration has it.</param>
    /// <param name="written">Keys that stand in the configuration's file; what is only recommended does not change them.</param>
    public static (SetupPlan? Plan, string? Refusal) Node(SetupFindings found, SetupWish wish, RunnerOptions configured, IReadOnlySet<string> written)
    {
        if (wish.Roles?.FirstOrDefault(role => !RoleTypes.Running.Contains(role)) is { } unknown)
            return (null, $"{unknown} is no role that this version serves: choose among {string.Join(", ", RoleTypes.Running)}");
        // Another server's models are not this machine's work; its options stay as they are.
        var isElsewhere = configured.Kind is not (RunnerKind.None or RunnerKind.Llama);
        List<string> warnings = [], notes = [];
        List<string> roles = [.. wish.Roles?.Distinct() ?? found.Recommendation.NodeProfiles.Select(role => role.Role)];
        // One runner, so one role of the two: the stronger.
        if (roles.Contains(RoleTypes.LlmGpu)) roles.Remove(RoleTypes.LlmCpuSmall);
        foreach (var role in found.Recommendation.NotRecommended.Where(role => roles.Contains(role.Role) && !(isElsewhere && IsLlm(role.Role))))
            warnings.Add($"{role.Role} is not recommended here, and is taken because you said so: {string.Join("; ", role.Reasons)}");
        if (isElsewhere) ServeElsewhere(roles, found, wish);
        else if (Model(roles, found, wish, configured, written, warnings, notes) is { } refusal) return (null, refusal);
        if (roles.Count == 0)
            return (null, $"nothing can be recommended for this machine: {string.Join("; ", found.Recommendation.NotRecommended.SelectMany(role => role.Reasons).Distinct())}");

        var limits = Limits(roles, isElsewhere, found, wish, configured, written);
        if (found.Bench is null) notes.Add("nothing was measured, so the limits are half of what they could be: leave out --skip-bench to measure");
        if (found.Recommendation.Earnings is { } earnings)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"a busy hour would bring about {earnings.MsatPerBusyHour / 1000} sat at the prices of {earnings.PricesSeen} others"));
        return (new SetupPlan(roles, limits, Settings(roles, limits, isElsewhere, found, wish), warnings, notes), null);
    }

    /// <summary>What the servers' models are called; nothing here keeps them out.</summary>
    private static void ServeElsewhere(List<string> roles, SetupFindings found, SetupWish wish)
    {
        if (wish.Roles is null && !roles.Exists(IsLlm)) roles.Add(ModelRole(found));
    }

    /// <summary>Adds or takes out the role of the model, and says so wherever one is there that is not served; or why it cannot be as was said.</summary>
    private static string? Model(List<string> roles, SetupFindings found, SetupWish wish, RunnerOptions configured, IReadOnlySet<string> written, List<string> warnings, List<string> notes)
    {
        var isForced = wish.Roles?.Any(IsLlm) == true;
        if (!found.HasModel)
        {
            if (isForced) return found.ModelProblem ?? "there is no model to serve: name one with --model FILE, or get one with fedai models pull";
            if (found.ModelProblem is { } unfit && wish.Roles is null) warnings.Add($"no model is served: {unfit} (or give --model FILE here)");
            else if (roles.Exists(IsLlm)) notes.Add("this machine could serve a model too: get one with fedai models pull and run fedai setup node --replace, or name one with --model FILE");
            roles.RemoveAll(IsLlm);
            return null;
        }

        if (roles.Exists(IsLlm)) return null;
        // What the file says of a model is the operator's word, as much as a flag.
        var isConfigured = configured.Kind == RunnerKind.Llama && (configured.ModelPath is not null || configured.Models.Count > 0 || written.Contains("runner.kind"));
        if (wish.Roles is null && isConfigured)
        {
            roles.Add(ModelRole(found));
            warnings.Add($"{roles[^1]} is not recommended here, and stays because the configuration has a model: {Reasons(found, roles[^1])}");
        }
        else if (wish.Roles is null || wish.Model is not null)
        {
            var why = Reasons(found, RoleTypes.LlmCpuSmall);
            if (HasGpu(found)) why += $"; not on the GPU: {Reasons(found, RoleTypes.LlmGpu)}";
            warnings.Add($"the model is not served: {why}. To serve it all the same, add --role {RoleTypes.LlmCpuSmall}");
        }

        return null;
    }

    private static NodeDefaults Limits(List<string> roles, bool isElsewhere, SetupFindings found, SetupWish wish, RunnerOptions configured, IReadOnlySet<string> written)
    {
        Dictionary<string, int> said = [];
        // By their text: a number that was typed and one that was read from a flag are different things to JsonNode.
        foreach (var other in wish.Others)
            if (int.TryParse(other.Value.ToJsonString(), CultureInfo.InvariantCulture, out var number)) said[other.Key] = number;
        int? Said(string key) => said.TryGetValue(key, out var wanted) ? wanted : null;
        var stays = written.Contains("runner.contextTokens") && !wish.Replaces ? configured.ContextTokens : (int?)null;
        var input = found.Input with { GivenContextTokens = Said("runner.contextTokens") ?? stays, GivenConcurrency = Said("node.maxConcurrency") };
        var role = (isElsewhere ? roles.Find(role => !IsLlm(role)) : roles.Find(IsLlm)) ?? roles[0];
        var advised = Recommender.LimitsOf(role, found.Profile, found.Bench, input);
        return advised with { MaxTokens = Said("node.maxTokens") ?? advised.MaxTokens, MaxPayloadBytes = Said("node.maxPromptBytes") ?? advised.MaxPayloadBytes };
    }

    private static List<SetupSetting> Settings(List<string> roles, NodeDefaults limits, bool isElsewhere, SetupFindings found, SetupWish wish)
    {
        var isServed = !isElsewhere && roles.Exists(IsLlm);
        List<string> small = [.. roles.Where(role => !IsLlm(role))];
        List<SetupSetting> settings =
        [
            new("node.roles", new JsonArray([.. small.Select(role => JsonValue.Create(role))]), wish.Roles is not null),
            new("node.maxConcurrency", limits.MaxConcurrency, false),
        ];
        if (isServed) settings.AddRange([new("node.maxTokens", limits.MaxTokens, false), new("node.maxPromptBytes", limits.MaxPayloadBytes, false)]);
        if (small is [var first, ..]) settings.Add(new("node.maxRoleBytes", Recommender.LimitsOf(first, found.Profile, found.Bench, found.Input).MaxPayloadBytes, false));
        settings.AddRange([new("node.pricing.inputMsat", limits.InputMsat, false), new("node.pricing.outputMsat", limits.OutputMsat, false)]);
        if (!isElsewhere) settings.Add(new SetupSetting("runner.kind", isServed ? "llama" : "none", wish.Roles is not null || (isServed && wish.Model is not null)));
        if (isServed && wish.Model is { } model) settings.Add(new SetupSetting("runner.modelPath", model, true));
        if (isServed) settings.Add(new SetupSetting("runner.slots", Math.Min(limits.MaxConcurrency, MostSlots), false));
        if (isServed && limits.ContextTokens is { } context) settings.Add(new SetupSetting("runner.contextTokens", context, false));
        if (wish.Routers.Count > 0) settings.Add(new SetupSetting("node.routers", new JsonArray([.. wish.Routers.Select(router => JsonValue.Create(router))]), true));
        settings.RemoveAll(setting => wish.Others.Any(other => other.Key == setting.Key));
        settings.AddRange(wish.Others);
        return settings;
    }

    /// <summary>Reasons against a router that no benchmark could take away: then none is made.</summary>
    public static IReadOnlyList<string> WithoutABenchmark(RouterVerdict unmeasured) =>
        [.. unmeasured.Reasons.Where(reason => !reason.StartsWith("Benchmarks are required", StringComparison.Ordinal) && !reason.Contains("no sample past the cache", StringComparison.Ordinal))];

    /// <summary>Where a model would run.</summary>
    private static string ModelRole(SetupFindings found) => HasGpu(found) && found.Input.GpuLacks is null ? RoleTypes.LlmGpu : RoleTypes.LlmCpuSmall;

    private static bool HasGpu(SetupFindings found) => found.Profile.CapabilityBands.Gpu != "gpu_none";

    private static string Reasons(SetupFindings found, string role) =>
        string.Join("; ", found.Recommendation.NotRecommended.FirstOrDefault(refused => refused.Role == role)?.Reasons ?? []);

    /// <summary>Whether a role is that of a model.</summary>
    public static bool IsLlm(string role) => role is RoleTypes.LlmCpuSmall or RoleTypes.LlmGpu;
}

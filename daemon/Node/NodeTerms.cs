using System.Globalization;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners.Roles;
using ManifestLimits = FedAi.Protocol.Messages.NodeLimits;

namespace FedAi.Daemon.Node;

/// <summary>What a node's manifest says of its limits and prices, by its options (WIRE 3.10); and where a signed one says otherwise. Pure.</summary>
internal static class NodeTerms
{
    /// <summary>
    /// Routers choose by the bytes, so these are the most that anything here takes; the tokens are those of the model, and where there is none of the small roles.
    /// </summary>
    public static ManifestLimits Limits(NodeOptions node, RunnerOptions runner)
    {
        var hasModel = runner.Kind != RunnerKind.None || node.Roles.Count == 0;
        return new ManifestLimits
        {
            MaxConcurrency = node.MaxConcurrency,
            MaxPayloadBytes = Math.Max(hasModel ? node.MaxPromptBytes : 0, node.Roles.Count > 0 ? node.MaxRoleBytes : 0),
            MaxTokens = hasModel ? Math.Min(node.MaxTokens, Context(runner)) : node.MaxRoleBytes / RoleRunner.TokenBytes,
        };
    }

    public static PricingDefaults Pricing(PricingOptions pricing) => new()
    {
        Unit = "token",
        InputRate = Prices.ToSat(pricing.InputMsat),
        OutputRate = Prices.ToSat(pricing.OutputMsat),
        Currency = Prices.Sat,
    };

    /// <summary>Each value of the configuration that the manifest has otherwise, with both: routers go by the manifest, this node by its configuration.</summary>
    public static IEnumerable<string> Differences(NodeManifest manifest, NodeOptions node, RunnerOptions runner)
    {
        var (limits, pricing) = (Limits(node, runner), Pricing(node.Pricing));
        if (limits.MaxConcurrency != manifest.Limits.MaxConcurrency) yield return Say($"requests at once {limits.MaxConcurrency}, manifest {manifest.Limits.MaxConcurrency}");
        if (limits.MaxPayloadBytes != manifest.Limits.MaxPayloadBytes) yield return Say($"bytes of a prompt {limits.MaxPayloadBytes}, manifest {manifest.Limits.MaxPayloadBytes}");
        if (limits.MaxTokens != manifest.Limits.MaxTokens) yield return Say($"tokens of an answer {limits.MaxTokens}, manifest {manifest.Limits.MaxTokens}");
        if (pricing != manifest.PricingDefaults) yield return Say($"price {pricing.InputRate} and {pricing.OutputRate} sat, manifest {manifest.PricingDefaults.InputRate} and {manifest.PricingDefaults.OutputRate ?? 0}");
        var small = manifest.RoleTypes.Where(role => RoleTypes.JobOf(role) is not null).Order().ToList();
        if (!small.SequenceEqual(node.Roles.Order())) yield return $"small roles {Names(node.Roles)}, manifest {Names(small)}";
        var hasModel = manifest.RoleTypes.Any(role => role is RoleTypes.LlmCpuSmall or RoleTypes.LlmGpu);
        if (hasModel != (runner.Kind != RunnerKind.None)) yield return hasModel ? "no model, manifest one" : "a model, manifest none";
    }

    /// <summary>Prompt and answer together; of several models the longest, of servers elsewhere what they say, which is not known here.</summary>
    private static int Context(RunnerOptions runner) =>
        runner.Kind == RunnerKind.OpenAi ? int.MaxValue : runner.Models.Select(model => model.ContextTokens ?? runner.ContextTokens).Append(runner.ContextTokens).Max();

    private static string Names(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(',', names);

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

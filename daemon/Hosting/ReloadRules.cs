using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Node;

namespace FedAi.Daemon.Hosting;

/// <summary>Which options can change while the daemon runs. Pure. Whatever is not named here waits for a restart.</summary>
internal static class ReloadRules
{
    private static readonly string[] Always =
    [
        "log.level", "filter.allow", "filter.follow", "filter.mute", "filter.block", "router.admit.nodes", "router.admit.clients", "api.rps", "api.burst", "api.concurrency",
        "node.maxConcurrency", "node.maxTokens", "node.maxPromptBytes", "node.maxRoleBytes", "node.maxRuntimeMs", "runner.contextTokens",
    ];

    private static readonly string[] OfLlama = ["runner.modelPath", "runner.modelId", "runner.slots", "runner.models", "runner.idleUnloadMinutes", "runner.isolationMinimum", "models.policy", "models.approved"];
    private static readonly string[] OfServers = ["runner.upstreams"];

    /// <summary>The keys that can change with this runner.</summary>
    public static IReadOnlyList<string> Live(RunnerKind runner) => [.. Always, .. runner switch { RunnerKind.Llama => OfLlama, RunnerKind.OpenAi => OfServers, _ => [] }];

    /// <summary>From the options it runs with and those it read anew.</summary>
    public static ReloadPlan Plan(FedAiOptions running, FedAiOptions read)
    {
        // Another kind of runner is another runner, with all that belongs to it.
        var live = running.Runner.Kind == read.Runner.Kind ? Live(running.Runner.Kind) : Always;
        var merged = JsonSerializer.SerializeToNode(running, OptionsJson.Default.FedAiOptions)!.AsObject();
        var (applied, needRestart) = (new List<string>(), new List<string>());
        foreach (var ((key, before), (_, after)) in OptionsReader.Values(running).Zip(OptionsReader.Values(read)))
        {
            if (JsonNode.DeepEquals(before, after)) continue;
            if (!live.Contains(key))
            {
                needRestart.Add(key);
                continue;
            }

            applied.Add(key);
            var parts = key.Split('.');
            var section = parts[..^1].Aggregate(merged, (from, part) => from[part]!.AsObject());
            section[parts[^1]] = after?.DeepClone();
        }

        return new ReloadPlan(applied, needRestart, merged.Deserialize(OptionsJson.Default.FedAiOptions)!);
    }
}

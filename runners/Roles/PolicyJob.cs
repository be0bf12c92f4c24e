using System.Text.Json.Nodes;

namespace FedAi.Runners.Roles;

/// <summary>What a policy_node does: <c>decide</c>, an answer allow or deny with the rule that said so (docs/ROLES.md).</summary>
internal static class PolicyJob
{
    private const int MaxNames = 1000;
    private const int MaxNameChars = 256;

    public static JsonObject? Run(RoleJob job, PolicyMemory memory)
    {
        if (job.Text("op", 32) != "decide") return job.Wrong<JsonObject?>("op", "must be decide", null);
        var asked = new PolicyCase
        {
            Subject = job.Text("subject", MaxNameChars),
            Text = job.Text("text", 1_000_000, otherwise: ""),
            Allow = job.Texts("allow", MaxNames, MaxNameChars),
            Deny = job.Texts("deny", MaxNames, MaxNameChars),
            Words = job.Texts("words", MaxNames, MaxNameChars),
            MaxChars = job.Number("maxChars", 1, 1_000_000, 100_000),
            PerMinute = job.Number("perMinute", 1, 100_000, 60),
            Burst = job.Number("burst", 1, 100_000, 10),
        };
        var space = job.Text("namespace", MaxNameChars, otherwise: "");
        job.NothingElse();
        if (asked.Subject.Length == 0) job.Wrong("subject", "must name whom this is about", false);
        if (job.Problem is not null) return null;

        var verdict = PolicyRules.Decide(asked, memory.Look(space, asked));
        var result = new JsonObject { ["decision"] = verdict.Allows ? "allow" : "deny", ["rule"] = verdict.Rule, ["reason"] = verdict.Reason };
        if (verdict.RetryAfterMs is { } wait) result["retryAfterMs"] = wait;
        return result;
    }
}

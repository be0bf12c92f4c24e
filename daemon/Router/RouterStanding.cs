using System.Globalization;
using System.Text.Json;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>
/// What a router's own signed manifest binds it to (WIRE 3.10, DECISIONS E34): its mode, the most it takes, which policies hold and how much it
/// writes down. Pure. Where there is no manifest nothing is limited.
/// </summary>
internal sealed record RouterStanding
{
    /// <summary>False where a daemon was built without one, as tests do.</summary>
    public bool HasManifest { get; init; }

    /// <summary>Not promoted yet, or nobody measured it.</summary>
    public bool IsOnProbation { get; init; }

    /// <summary>A whole benchmark stands in its manifest; without one it stays on probation (DECISIONS E15).</summary>
    public bool IsEligible { get; init; }

    public double MaxPerSecond { get; init; } = int.MaxValue;
    public int MaxJobs { get; init; } = int.MaxValue;
    public long MaxPayloadBytes { get; init; } = int.MaxValue;
    public IReadOnlyList<string> Policies { get; init; } = RouterPolicies.All;
    public AuditMode Audit { get; init; }

    public static RouterStanding Of(RouterManifest? manifest)
    {
        if (manifest is null) return new RouterStanding();
        var measured = manifest.Benchmarks is { ValueKind: JsonValueKind.Object } benchmarks && !Says(benchmarks, "short") && !Says(benchmarks, "partial");
        return new RouterStanding
        {
            HasManifest = true,
            IsOnProbation = manifest.RouterMode != "normal" || !measured,
            IsEligible = measured,
            MaxPerSecond = manifest.Limits.MaxQps,
            MaxJobs = (int)manifest.Limits.MaxConcurrentJobs,
            MaxPayloadBytes = (long)manifest.Limits.MaxPayloadBytes,
            Policies = manifest.PoliciesEnabled,
            Audit = Enum.Parse<AuditMode>(manifest.AuditMode, ignoreCase: true),
        };
    }

    /// <summary>Whether the manifest leaves this policy on.</summary>
    public bool Holds(string policy) => Policies.Contains(policy);

    /// <summary>How often strangers may ask: seldomer on probation (RPR-16), and as they like where the manifest says so.</summary>
    public GateRates Rates(ProbationOptions probation) =>
        !Holds(RouterPolicies.RateLimit) ? GateRates.None
        : IsOnProbation ? GateRates.Normal with { ByKey = probation.RequestsPerSecond, ByAddress = probation.RequestsPerSecond * GateRates.Normal.ByAddress / GateRates.Normal.ByKey }
        : GateRates.Normal;

    /// <summary>The operator's lists as far as the manifest has them hold.</summary>
    public FilterOptions Bind(FilterOptions filter) => Holds(RouterPolicies.Allowlist) ? filter : filter with { Allow = [] };

    /// <summary>Why this router must not start: its operator keeps others out, and its manifest would let them in. Null when there is no such thing.</summary>
    public string? Opens(FilterOptions filter, RouterOptions router) =>
        filter.Allow.Count > 0 && router.Policies.Contains(RouterPolicies.Allowlist) && !Holds(RouterPolicies.Allowlist)
            ? "filter.allow is set, but the manifest switches the allowlist off: write it anew (fedai manifest --write --role router), or take allowlist out of router.policies" : null;

    /// <summary>Where the configuration has other values than the manifest, which is what counts; each with both.</summary>
    public IEnumerable<string> Differences(RouterOptions router, AuditOptions audit, HttpOptions http)
    {
        if (router.MaxRequestsPerSecond > 0 && router.MaxRequestsPerSecond != MaxPerSecond) yield return Say($"router.maxRequestsPerSecond {router.MaxRequestsPerSecond}, manifest {MaxPerSecond}");
        if (router.MaxConcurrentJobs != MaxJobs) yield return Say($"router.maxConcurrentJobs {router.MaxConcurrentJobs}, manifest {MaxJobs}");
        if (http.MaxRequestBytes != MaxPayloadBytes) yield return Say($"http.maxRequestBytes {http.MaxRequestBytes}, manifest {MaxPayloadBytes}");
        if (!router.Policies.Order().SequenceEqual(Policies.Order())) yield return $"router.policies {string.Join(',', router.Policies)}, manifest {string.Join(',', Policies)}";
        if (audit.Mode != Audit) yield return $"audit.mode {audit.Mode}, manifest {Audit}";
    }

    private static bool Says(JsonElement benchmarks, string member) => benchmarks.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.True;

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

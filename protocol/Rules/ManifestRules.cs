using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>Which values a manifest may have, beyond its shape (WIRE 3.10): roles and bands that exist, limits that are limits.</summary>
public static class ManifestRules
{
    /// <summary>Everything that is wrong, as <c>path: reason</c>; empty when it may stand.</summary>
    public static IReadOnlyList<string> Problems(NodeManifest manifest) =>
    [
        .. from role in manifest.RoleTypes where !RoleTypes.All.Contains(role) select $"role_types: unknown role, expected one of {string.Join(", ", RoleTypes.All)}",
        .. Bands(manifest.CapabilityBands),
        .. Limit("max_concurrency", manifest.Limits.MaxConcurrency),
        .. Limit("max_payload_bytes", manifest.Limits.MaxPayloadBytes),
        .. Limit("max_tokens", manifest.Limits.MaxTokens),
        .. Rate("input_rate", manifest.PricingDefaults.InputRate),
        .. Rate("output_rate", manifest.PricingDefaults.OutputRate ?? 0),
        .. manifest.PricingDefaults.Unit is "token" or "call" ? Array.Empty<string>() : ["pricing_defaults.unit: expected token or call"],
    ];

    /// <inheritdoc cref="Problems(NodeManifest)"/>
    public static IReadOnlyList<string> Problems(RouterManifest manifest) =>
    [
        .. manifest.RouterMode is "probation" or "normal" ? Array.Empty<string>() : ["router_mode: expected probation or normal"],
        .. Bands(manifest.CapabilityBands),
        .. Limit("max_qps", manifest.Limits.MaxQps),
        .. Limit("max_concurrent_jobs", manifest.Limits.MaxConcurrentJobs),
        .. Limit("max_payload_bytes", manifest.Limits.MaxPayloadBytes),
        .. manifest.AuditMode is "off" or "basic" or "verbose" ? Array.Empty<string>() : ["audit_mode: expected off, basic or verbose"],
    ];

    private static IEnumerable<string> Bands(CapabilityBands bands) =>
        from band in new[] { ("cpu", bands.Cpu, BandNames.Cpu), ("ram", bands.Ram, BandNames.Ram), ("disk", bands.Disk, BandNames.Disk), ("net", bands.Net, BandNames.Net), ("gpu", bands.Gpu, BandNames.Gpu) }
        where !band.Item3.Contains(band.Item2)
        select $"capability_bands.{band.Item1}: expected one of {string.Join(", ", band.Item3)}";

    private static IEnumerable<string> Limit(string name, double value) => value >= 1 && value <= int.MaxValue ? [] : [$"limits.{name}: expected a number from 1"];

    private static IEnumerable<string> Rate(string name, double value) => value >= 0 && double.IsFinite(value) ? [] : [$"pricing_defaults.{name}: expected a price from 0"];
}

namespace FedAi.Daemon.Router;

/// <summary>The policies that a router's manifest can switch off, as its policies_enabled names them (MAN-24). Signatures, replay and the lists of blocked and muted keys are none: they always hold.</summary>
internal static class RouterPolicies
{
    /// <summary>How often one address and one key from elsewhere may ask.</summary>
    public const string RateLimit = "rate_limit";

    /// <summary>filter.allow: when it is not empty, nobody else is served.</summary>
    public const string Allowlist = "allowlist";

    public static IReadOnlyList<string> All { get; } = [RateLimit, Allowlist];
}

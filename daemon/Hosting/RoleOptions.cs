namespace FedAi.Daemon.Hosting;

/// <summary>How the daemon takes its role from the manifests in its data folder.</summary>
internal sealed record RoleOptions
{
    /// <summary>Permits a node and a router manifest in one folder; the daemon then runs as router. Default: false, two manifests are refused.</summary>
    public bool AllowMixedMode { get; init; }
}

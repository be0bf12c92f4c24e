namespace FedAi.Daemon.Capability;

/// <summary>The way to the configured routers and relays; null is not measured.</summary>
internal sealed record NetworkProfile
{
    /// <summary>ethernet or wireless, of the default route; never its name, which may hold a MAC address.</summary>
    public string? Interface { get; init; }
    public double? UploadMbps { get; init; }
    public double? DownloadMbps { get; init; }

    /// <summary>Mean of the targets' medians.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Mean of the targets' standard deviations.</summary>
    public double? JitterMs { get; init; }
    public IReadOnlyList<TargetLatency> Targets { get => field ?? []; init; }
}

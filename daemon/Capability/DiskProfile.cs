namespace FedAi.Daemon.Capability;

/// <summary>The disk of the data folder: ssd, hdd or unknown. What a virtual disk says of itself means little; a sample tells.</summary>
internal sealed record DiskProfile
{
    public const string Ssd = "ssd", Hdd = "hdd", Unknown = "unknown";

    public required string Type { get; init; }
    public required long FreeBytes { get; init; }
    public bool IsVirtual { get; init; }

    /// <summary>Measured; null unless it was asked for.</summary>
    public DiskSample? Sample { get; init; }
}

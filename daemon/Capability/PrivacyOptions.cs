namespace FedAi.Daemon.Capability;

/// <summary>What others may learn about this machine.</summary>
internal sealed record PrivacyOptions
{
    /// <summary>strict publishes bands only, normal adds the benchmarks' figures, verbose the whole profile. Default: strict.</summary>
    public PrivacyMode Mode { get; init; }

    /// <summary>With mode verbose: also host name, serial numbers, MAC addresses and exact models. What is published cannot be taken back. Default: false.</summary>
    public bool PublishHardwareIds { get; init; }

    /// <summary>Both switches are needed.</summary>
    public bool TellsIds() => Mode == PrivacyMode.Verbose && PublishHardwareIds;
}

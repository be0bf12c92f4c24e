namespace FedAi.Daemon.Capability;

/// <summary>How much a manifest tells about the machine.</summary>
internal enum PrivacyMode
{
    /// <summary>Bands only.</summary>
    Strict,

    /// <summary>Bands and rounded figures of the benchmarks.</summary>
    Normal,

    /// <summary>The whole profile; with privacy.publishHardwareIds also what names this one machine.</summary>
    Verbose,
}

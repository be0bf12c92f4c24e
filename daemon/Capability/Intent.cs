namespace FedAi.Daemon.Capability;

/// <summary>What the operator wants most. It moves what is recommended within the hard limits, never past them.</summary>
internal enum Intent
{
    Balanced,
    LowPower,
    HighEarnings,
    Privacy,
    Reliability,
}

namespace FedAi.RelayDiscovery.Connections;

/// <summary>What a relay's answer asks of us.</summary>
public enum RelayReaction
{
    None,
    /// <summary>Prove our key, then ask once more.</summary>
    Authenticate,
    /// <summary>Pause, longer each time.</summary>
    TryLater,
    /// <summary>Do not ask this relay again for long; another one is the better choice.</summary>
    Demote,
    /// <summary>The same again would be refused again.</summary>
    GiveUp,
}

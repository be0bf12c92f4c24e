namespace FedAi.RelayDiscovery.Connections;

/// <summary>Where the pool stands with one relay.</summary>
public enum RelayState
{
    Idle,
    Connecting,
    Connected,
    /// <summary>Waiting to try again.</summary>
    Waiting,
    /// <summary>It failed too often in a row (open circuit) and is left alone for a while.</summary>
    PutAside,
}

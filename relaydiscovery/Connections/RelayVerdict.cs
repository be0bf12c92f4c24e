namespace FedAi.RelayDiscovery.Connections;

/// <summary>What became of an event at one relay: the prefix of its OK (NIP-01, NIP-42), or why there was none.</summary>
public enum RelayVerdict
{
    Accepted,
    /// <summary>The relay had it already: as good as accepted.</summary>
    Duplicate,
    /// <summary>Taken, but nobody was listening: the connection is healthy, the event counts as not published.</summary>
    Muted,
    RateLimited,
    AuthRequired,
    /// <summary>Refused because of who we are or what the relay is for.</summary>
    Blocked,
    Invalid,
    /// <summary>The relay wants proof of work.</summary>
    ProofOfWork,
    /// <summary>Refused for another reason.</summary>
    Refused,
    NotConnected,
    TimedOut,
}

namespace FedAi.RelayDiscovery.Connections;

/// <summary>What became of an event or a subscription at one relay: the prefix of its OK or CLOSED (NIP-01, NIP-42), or why there was none.</summary>
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
    /// <summary>Not sent: our own budget for this relay is spent, or the relay asked for a pause. An announcement is sent when there is room.</summary>
    Held,
    /// <summary>Not sent: the relay's document says that it does not take such an event.</summary>
    Unfit,
}

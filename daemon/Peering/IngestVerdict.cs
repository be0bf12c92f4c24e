namespace FedAi.Daemon.Peering;

/// <summary>What became of an event from a relay. Dropping is silent: strangers get no answer.</summary>
internal enum IngestVerdict
{
    Taken,
    /// <summary>Not the federation's kind, or another software's event of the same kind.</summary>
    Foreign,
    Malformed,
    /// <summary>Longer than a message of the federation may be.</summary>
    TooLarge,
    Expired,
    Ahead,
    OtherNetwork,
    Own,
    Blocked,
    Muted,
    NotAllowed,
    /// <summary>Below the web of trust's least score.</summary>
    Distrusted,
    Duplicate,
    /// <summary>The author signed too much of this kind in a short time.</summary>
    AuthorTooOften,
    /// <summary>The relay made us check too many signatures in a short time.</summary>
    RelayTooOften,
    InvalidSignature,
    InvalidPayload,
    /// <summary>The payload speaks of another router than its author.</summary>
    ForeignRouter,
    UnfitEndpoint,
    /// <summary>A newer one is known, or there is no room.</summary>
    Stale,
    /// <summary>A type this role does not act on.</summary>
    Unused,
}

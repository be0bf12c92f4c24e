namespace FedAi.Daemon.Peering;

/// <summary>Names of the verdicts as metrics show them.</summary>
internal static class IngestVerdicts
{
    public static string Name(this IngestVerdict verdict) => verdict switch
    {
        IngestVerdict.Taken => "taken",
        IngestVerdict.Foreign => "foreign",
        IngestVerdict.Malformed => "malformed",
        IngestVerdict.TooLarge => "size",
        IngestVerdict.Expired => "expired",
        IngestVerdict.Ahead => "ahead",
        IngestVerdict.OtherNetwork => "other-network",
        IngestVerdict.Own => "own",
        IngestVerdict.Blocked => "block",
        IngestVerdict.Muted => "mute",
        IngestVerdict.NotAllowed => "allowlist",
        IngestVerdict.Distrusted => "wot",
        IngestVerdict.Duplicate => "duplicate",
        IngestVerdict.AuthorTooOften => "rate",
        IngestVerdict.RelayTooOften => "relay-rate",
        IngestVerdict.InvalidSignature => "invalid-signature",
        IngestVerdict.InvalidPayload => "invalid-payload",
        IngestVerdict.ForeignRouter => "foreign-router",
        IngestVerdict.UnfitEndpoint => "unfit-endpoint",
        IngestVerdict.Stale => "stale",
        IngestVerdict.Unused => "unused",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };
}

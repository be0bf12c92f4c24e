namespace FedAi.RelayDiscovery.Connections;

/// <summary>What relays mean by the machine-readable prefix of OK and CLOSED. The text behind it is a stranger's: nobody acts on it.</summary>
public static class RelayAnswers
{
    /// <summary>Reads the answer of an OK. Some relays say <c>mute:</c> or <c>duplicate:</c> with true, some with false.</summary>
    public static RelayVerdict OfOk(bool accepted, string message) => Prefix(message) switch
    {
        "duplicate" => RelayVerdict.Duplicate,
        "mute" => RelayVerdict.Muted,
        _ when accepted => RelayVerdict.Accepted,
        var prefix => OfRefusal(prefix),
    };

    /// <summary>Reads why a subscription was closed.</summary>
    public static RelayVerdict OfClosed(string message) => OfRefusal(Prefix(message));

    /// <summary>Reads a NOTICE, which answers nothing in particular: only that we come too often, or are not wanted, asks for something. Null: nothing to do.</summary>
    public static RelayVerdict? OfNotice(string message) => OfRefusal(Prefix(message)) is var verdict and (RelayVerdict.RateLimited or RelayVerdict.Blocked) ? verdict : null;

    /// <summary>What to do about it.</summary>
    public static RelayReaction ReactionTo(RelayVerdict verdict) => verdict switch
    {
        RelayVerdict.Accepted or RelayVerdict.Duplicate or RelayVerdict.Muted => RelayReaction.None,
        RelayVerdict.AuthRequired => RelayReaction.Authenticate,
        RelayVerdict.Blocked or RelayVerdict.ProofOfWork => RelayReaction.Demote,
        RelayVerdict.Invalid or RelayVerdict.Unfit => RelayReaction.GiveUp,
        _ => RelayReaction.TryLater,
    };

    private static string Prefix(string message) => message.IndexOf(':', StringComparison.Ordinal) is > 0 and var end ? message[..end] : "";

    private static RelayVerdict OfRefusal(string prefix) => prefix switch
    {
        "rate-limited" => RelayVerdict.RateLimited,
        "auth-required" => RelayVerdict.AuthRequired,
        "blocked" or "restricted" => RelayVerdict.Blocked,
        "invalid" or "unsupported" => RelayVerdict.Invalid,
        "pow" => RelayVerdict.ProofOfWork,
        _ => RelayVerdict.Refused,
    };
}

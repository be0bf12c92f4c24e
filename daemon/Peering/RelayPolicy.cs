using System.Globalization;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>What the daemon's own relay keeps: the federation's messages and a few kinds it needs beside them (ARCHITECTURE D10). Signatures are checked after this.</summary>
internal static class RelayPolicy
{
    /// <summary>Kinds of other NIPs that the federation uses; each is documented where it is used.</summary>
    private static readonly HashSet<int> AuxiliaryKinds =
        [NostrKinds.FollowList, NostrKinds.Deletion, NostrKinds.Report, NostrKinds.MuteList, NostrKinds.RelayList, NostrKinds.ApplicationData, NostrKinds.Assertion];

    /// <summary>The text of a refusing OK, or null.</summary>
    public static string? Refuse(NostrEvent candidate, RelayLimits limits, long nowSeconds)
    {
        if (FedAiKinds.TypeOf(candidate.Kind) is null && !AuxiliaryKinds.Contains(candidate.Kind))
            return $"blocked: kind {candidate.Kind} is not kept here";
        if (candidate.CreatedAt > nowSeconds + limits.MaxSecondsAhead)
            return $"invalid: created_at is more than {limits.MaxSecondsAhead} s ahead";
        if (candidate.Tags.Count > limits.MaxTags)
            return $"invalid: more than {limits.MaxTags} tags";
        if (EndSeconds(candidate) <= nowSeconds)
            return "invalid: expired";
        if (candidate.Kind == NostrKinds.Deletion && !NostrDeletion.TryRead(candidate, out _))
            return "invalid: it names nothing of its author's";
        if (FedAiKinds.TypeOf(candidate.Kind) is not null && !ControlEvents.TryParse(candidate, out _, out var problem))
            return $"blocked: no message of the federation ({Explain(problem)})";
        return null;
    }

    /// <summary>When an event goes: NIP-40's time, else the message's own expiry. A withdrawal has expired for readers, yet stands until NIP-40's time (DECISIONS E14).</summary>
    public static long EndSeconds(NostrEvent candidate) =>
        candidate.ExpirationSeconds < long.MaxValue ? candidate.ExpirationSeconds
        : long.TryParse(candidate.TagValue("exp"), NumberStyles.None, CultureInfo.InvariantCulture, out var expiryMs) ? expiryMs / 1000
        : long.MaxValue;

    private static string Explain(ControlEventProblem problem) => problem switch
    {
        ControlEventProblem.UnsupportedKind => "tag t does not fit the kind",
        ControlEventProblem.UnsupportedVersion => "tag v must be " + ControlMessages.Version,
        ControlEventProblem.MissingExpiry => "tag exp must be a decimal number of milliseconds",
        ControlEventProblem.TooLarge => $"content is longer than {ControlEvents.MaxContentBytes} bytes",
        _ => "content is not JSON",
    };
}

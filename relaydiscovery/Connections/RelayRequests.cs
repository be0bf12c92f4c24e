using FedAi.Protocol.Nostr;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>What one relay is asked for a subscription, in its own time and within its own limits (DECISIONS E14). Pure.</summary>
public static class RelayRequests
{
    /// <summary>Ephemeral events are asked for from this long before the last known moment, in seconds: clocks differ, and an event travels.</summary>
    public const int OverlapSeconds = 60;

    /// <summary>More stored events than this no relay hands out anyway.</summary>
    public const int MostStored = 500;

    /// <param name="filters">What the subscription wants.</param>
    /// <param name="lastEoseSeconds">When this relay last told that it had sent everything stored, in its own time; null: never.</param>
    /// <param name="relayNowSeconds">The relay's time now.</param>
    /// <param name="mostResults">The relay's own limit, if it says one.</param>
    public static IReadOnlyList<NostrFilter> For(IReadOnlyList<NostrFilter> filters, long? lastEoseSeconds, long relayNowSeconds, int? mostResults) =>
    [
        .. filters.Select(filter => filter with
        {
            // Addressable events count however old they are, so they are never asked for by time.
            Since = filter.Since ?? (IsEphemeral(filter) ? (lastEoseSeconds ?? relayNowSeconds) - OverlapSeconds : null),
            Limit = Math.Min(filter.Limit ?? MostStored, mostResults ?? MostStored),
        }),
    ];

    private static bool IsEphemeral(NostrFilter filter) => filter.Kinds is { Count: > 0 } kinds && kinds.All(NostrKinds.IsEphemeral);
}

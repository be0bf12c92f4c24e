using System.Globalization;
using FedAi.Protocol.Nostr;

namespace FedAi.RelayDiscovery.Directories;

/// <summary>
/// What relay monitors measured (NIP-66): kind 30166 per relay, kind 10166 about the monitor. Monitors can lie, so only trusted ones
/// count, a relay needs two of them, and whether it serves us is seen only when we connect.
/// </summary>
public static class RelayMonitors
{
    /// <summary>A relay is named when so many trusted monitors saw it lately.</summary>
    public const int MonitorsThatMustAgree = 2;

    /// <summary>How often a monitor measures if it does not say, in seconds; and the longest that it may say.</summary>
    private const long LongestFrequency = 24 * 3600;

    private const long ShortestFrequency = 600;

    public static IReadOnlyList<NostrFilter> FiltersFor(IReadOnlySet<Hex32> monitors) =>
    [
        new() { Kinds = new HashSet<int> { NostrKinds.RelayMonitor }, Authors = monitors },
        new() { Kinds = new HashSet<int> { NostrKinds.RelayDiscovery }, Authors = monitors },
    ];

    /// <param name="events">Of both kinds, from relays; not verified yet.</param>
    /// <param name="isTrusted">Whether a monitor's word counts: pinned by the operator, or trusted enough.</param>
    public static IReadOnlyList<RelayClaim> Read(IReadOnlyCollection<NostrEvent> events, Func<Hex32, bool> isTrusted, long nowSeconds)
    {
        var valid = events.Where(one => one.Kind is NostrKinds.RelayMonitor or NostrKinds.RelayDiscovery && isTrusted(one.Author) && one.CreatedAt <= nowSeconds + LongestFrequency && one.Verify()).ToList();
        var frequencies = valid.Where(one => one.Kind == NostrKinds.RelayMonitor).OrderBy(one => one.CreatedAt)
            .GroupBy(one => one.Author).ToDictionary(group => group.Key, group => Frequency(group.Last()));
        return
        [
            .. valid.Where(one => one.Kind == NostrKinds.RelayDiscovery && IsReachable(one))
                .Where(one => one.CreatedAt >= nowSeconds - 2 * frequencies.GetValueOrDefault(one.Author, LongestFrequency))
                .Select(one => (Seen: one, Url: RelayUrl.TryNormalize(one.TagValue("d"), out var relay) ? relay : null))
                .Where(one => one.Url is not null)
                .GroupBy(one => one.Url!, one => one.Seen)
                .Where(seen => seen.DistinctBy(one => one.Author).Count() >= MonitorsThatMustAgree)
                .Select(Claim),
        ];
    }

    /// <summary>Where monitors differ, the worse counts.</summary>
    private static RelayClaim Claim(IGrouping<Uri, NostrEvent> seen) => new(seen.Key, $"{seen.DistinctBy(one => one.Author).Count()} monitors")
    {
        Write = seen.Any(Demands) ? false : null,
        LatencyMs = seen.Max(one => Whole(one.TagValue("rtt-open"))),
        LastSeenMs = seen.Max(one => one.CreatedAt) * 1000,
    };

    private static bool IsReachable(NostrEvent seen) => seen.TagValue("n") is null or "clearnet";

    /// <summary>Whether writing takes a payment, a login or proof of work; <c>!</c> before the word says that it does not.</summary>
    private static bool Demands(NostrEvent seen) => seen.Tags.Any(tag => tag is ["R", "payment" or "auth" or "pow", ..]);

    private static long Frequency(NostrEvent monitor) => Math.Clamp(Whole(monitor.TagValue("frequency")) ?? LongestFrequency, ShortestFrequency, LongestFrequency);

    private static long? Whole(string? digits) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

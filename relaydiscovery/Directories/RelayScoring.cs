using System.Globalization;
using FedAi.Protocol.Messages;

namespace FedAi.RelayDiscovery.Directories;

/// <summary>From what sources say of relays to one ranked list (WIRE 3.12). Pure.</summary>
public static class RelayScoring
{
    /// <summary>The score of a relay of which nobody says one.</summary>
    public const double DefaultScore = 5;

    /// <summary>No source can lift a relay above this; only the operator's trust can.</summary>
    public const double HighestClaim = 10;

    /// <summary>The source of relays that only an earlier search named.</summary>
    public const string Memory = "memory";

    /// <summary>So many ms cost one point.</summary>
    private const double MsPerPoint = 200;

    /// <summary>Tags that one relay keeps of all its sources.</summary>
    private const int MostTags = 50;

    /// <param name="claims">Later ones win where they say something; the best score, the newest sight and all tags stay.</param>
    /// <param name="trust">Points that the operator adds or takes, by normalised address.</param>
    /// <param name="remembered">From an earlier discovery: for relays that no claim names now.</param>
    public static IReadOnlyList<RankedRelay> Rank(IEnumerable<RelayClaim> claims, IReadOnlyDictionary<Uri, double> trust, IEnumerable<RelayDescriptor> remembered, long nowMs)
    {
        var relays = new Dictionary<Uri, RankedRelay>();
        foreach (var claim in claims)
        {
            var one = Of(claim, trust.GetValueOrDefault(claim.Url), nowMs);
            relays[claim.Url] = relays.TryGetValue(claim.Url, out var known) ? Merge(known, one) : one;
        }

        foreach (var old in remembered)
            if (RelayUrl.TryNormalize(old.Url, out var url) && !relays.ContainsKey(url))
                relays[url] = new RankedRelay(url, old with { Url = url.AbsoluteUri }, [Memory], $"{Text(old.Score)} when last seen");
        // Stable, so equal ones stay in the order in which they were named.
        return [.. relays.Values.OrderByDescending(relay => relay.Descriptor.Score).ThenByDescending(relay => relay.Descriptor.Priority)];
    }

    /// <summary>The best ones.</summary>
    public static IReadOnlyList<RankedRelay> Best(IEnumerable<RankedRelay> ranked, double minScore, int maxResults) =>
        [.. ranked.Where(relay => relay.Descriptor.Score >= minScore).Take(maxResults)];

    private static RankedRelay Of(RelayClaim claim, double trust, long nowMs)
    {
        var said = Math.Min(HighestClaim, Math.Max(1, claim.Score ?? DefaultScore));
        var latency = claim.LatencyMs is >= 0 and var told ? told : (long?)null;
        var score = Math.Max(0, said + trust - (latency ?? 0) / MsPerPoint);
        var why = $"{Text(said)} {(claim.Score is null ? "for being named by" : "by")} {claim.Source}"
            + (trust == 0 ? "" : $", {trust.ToString("+0.##;-0.##", CultureInfo.InvariantCulture)} by your trust")
            + (latency is > 0 ? $", -{Text(latency.Value / MsPerPoint)} for {latency} ms" : "");
        return new RankedRelay(claim.Url, new RelayDescriptor
        {
            Url = claim.Url.AbsoluteUri,
            Read = claim.Read ?? true,
            Write = claim.Write ?? true,
            Score = score,
            Priority = Priority(score),
            Tags = [.. claim.Tags.Distinct()],
            LastSeenMs = claim.LastSeenMs is > 0 and var seen ? Math.Min(seen, nowMs) : nowMs,
            LatencyMs = latency,
        }, [claim.Source], why);
    }

    private static RankedRelay Merge(RankedRelay known, RankedRelay later)
    {
        var better = later.Descriptor.Score > known.Descriptor.Score ? later : known;
        return better with
        {
            Sources = [.. known.Sources.Union(later.Sources)],
            Descriptor = later.Descriptor with
            {
                Score = better.Descriptor.Score,
                Priority = better.Descriptor.Priority,
                Tags = [.. known.Descriptor.Tags.Union(later.Descriptor.Tags).Take(MostTags)],
                LastSeenMs = Math.Max(known.Descriptor.LastSeenMs, later.Descriptor.LastSeenMs),
                LatencyMs = later.Descriptor.LatencyMs ?? known.Descriptor.LatencyMs,
            },
        };
    }

    /// <summary>0 to 5, one decimal, halves upwards as JavaScript rounds.</summary>
    private static double Priority(double score) => Math.Floor(Math.Clamp(score, 0, 10) / 2 * 10 + 0.5) / 10;

    private static string Text(double points) => points.ToString("0.##", CultureInfo.InvariantCulture);
}

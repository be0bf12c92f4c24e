namespace FedAi.RelayDiscovery.Connections;

/// <summary>How our clock stands to those of relays. Pure.</summary>
public static class RelayClock
{
    /// <summary>Beyond this relays refuse events and peers refuse requests before long.</summary>
    public static readonly TimeSpan Worrying = TimeSpan.FromSeconds(60);

    /// <summary>How far our clock is ahead, by the <c>Date</c> of an answer that came between two moments; null without one.</summary>
    public static TimeSpan? Ahead(DateTimeOffset asked, DateTimeOffset answered, DateTimeOffset? date) =>
        // The header's second has passed on average half.
        date is { } told ? asked + (answered - asked) / 2 - (told + TimeSpan.FromMilliseconds(500)) : null;

    /// <summary>What the middle relay says: a few with wrong clocks do not matter. Null when none says anything.</summary>
    public static TimeSpan? Median(IEnumerable<TimeSpan?> ahead)
    {
        TimeSpan[] known = [.. ahead.OfType<TimeSpan>().Order()];
        return known.Length == 0 ? null : known[known.Length / 2];
    }
}

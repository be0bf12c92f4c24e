namespace FedAi.Daemon.Peering;

/// <summary>Which routers' own relays this daemon connects to. Pure.</summary>
internal static class PeerRelayChoice
{
    /// <summary>Each is a connection here and there; through eight the word of all of them reaches a federation of hundreds in two steps.</summary>
    public const int Most = 8;

    /// <param name="announced">Relays of routers whose word holds, newest first.</param>
    /// <param name="joined">Those connected to now: they stay, also when their router has fallen silent, as long as nobody else needs the place.</param>
    /// <param name="trusts">Whether a router is more than a stranger.</param>
    public static IReadOnlyList<PeerRelay> Choose(IReadOnlyList<PeerRelay> announced, IReadOnlyList<PeerRelay> joined, Func<PeerRelay, bool> trusts) =>
    [
        .. announced.Concat(joined.Where(old => announced.All(relay => relay.Router != old.Router)))
            .Select((relay, place) => (Relay: relay, Place: place))
            .OrderByDescending(entry => trusts(entry.Relay))
            .ThenByDescending(entry => entry.Place < announced.Count)
            .ThenByDescending(entry => joined.Any(old => old.IsSameAs(entry.Relay)))
            .ThenBy(entry => entry.Place)
            .DistinctBy(entry => entry.Relay.Url)
            .Take(Most).Select(entry => entry.Relay),
    ];
}

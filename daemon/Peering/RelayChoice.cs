using FedAi.RelayDiscovery.Connections;
using FedAi.RelayDiscovery.Directories;

namespace FedAi.Daemon.Peering;

/// <summary>Which of the relays that were found this daemon joins. Pure.</summary>
internal static class RelayChoice
{
    /// <summary>A relay that could not be joined so often in a row makes room for another.</summary>
    private const int PatientFailures = 3;

    /// <summary>Whether a joined relay serves us so badly that another one is tried: only our own experience decides that.</summary>
    public static bool IsBad(RelayStatus relay) =>
        relay.IsDemoted || (relay.State is not RelayState.Connected && relay.Failures >= PatientFailures);

    /// <param name="ranked">Best first.</param>
    /// <param name="joined">Those that are joined now and serve well: they stay while anybody names them, because moving costs everybody.</param>
    /// <param name="bad">Those that lately served badly: only where nothing else is left.</param>
    /// <param name="most">How many are joined at once.</param>
    public static IReadOnlyList<RankedRelay> Choose(IReadOnlyList<RankedRelay> ranked, IReadOnlySet<Uri> joined, IReadOnlySet<Uri> bad, int most)
    {
        var readable = ranked.Where(relay => relay.Descriptor.Read).ToList();
        var staying = readable.Where(relay => joined.Contains(relay.Url));
        var good = readable.Where(relay => !joined.Contains(relay.Url) && !bad.Contains(relay.Url));
        var rest = readable.Where(relay => !joined.Contains(relay.Url) && bad.Contains(relay.Url));
        return [.. staying.Concat(BySourceInTurn(good)).Concat(rest).Take(most)];
    }

    /// <summary>One of each source in turn: no single directory, however long its list, decides what this daemon sees.</summary>
    private static IEnumerable<RankedRelay> BySourceInTurn(IEnumerable<RankedRelay> relays) =>
        relays.GroupBy(relay => relay.Sources[0], StringComparer.Ordinal)
            .SelectMany(ofSource => ofSource.Select((relay, turn) => (Relay: relay, Turn: turn)))
            .OrderBy(entry => entry.Turn).ThenByDescending(entry => entry.Relay.Descriptor.Score)
            .Select(entry => entry.Relay);
}

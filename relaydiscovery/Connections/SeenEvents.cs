using FedAi.Protocol.Nostr;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>
/// Ids of events that were verified, so that copies from other relays cost nothing. Holds between one and two times the
/// capacity; the older half is forgotten at once. Only verified ids belong here: a forged copy must not hide the real event.
/// For one thread.
/// </summary>
public sealed class SeenEvents(int capacity)
{
    private HashSet<Hex32> recent = [];
    private HashSet<Hex32> older = [];

    public bool Contains(Hex32 id) => recent.Contains(id) || older.Contains(id);

    public void Add(Hex32 id)
    {
        if (recent.Count >= capacity)
        {
            (recent, older) = (older, recent);
            recent.Clear();
        }

        recent.Add(id);
    }
}

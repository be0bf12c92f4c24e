using System.Collections.Concurrent;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>
/// How peers have served this daemon's own requests, the newer the heavier. It makes a vouched-for key worth more or less; nobody
/// becomes trusted by serving well, or a patient stranger could buy his way in. Any thread.
/// </summary>
internal sealed class PeerExperience(TimeProvider time)
{
    /// <summary>An answer weighs half as much after this long.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromDays(7);

    /// <summary>Then it weighs a thousandth, and a peer not met since is forgotten.</summary>
    public static readonly TimeSpan Lifetime = 10 * HalfLife;

    /// <summary>Peers remembered; more than one daemon ever asks. When full, newcomers are not counted until old ones were forgotten.</summary>
    private const int MaxPeers = 10_000;

    private readonly ConcurrentDictionary<Hex32, ExperienceRow> peers = new();
    private readonly ConcurrentDictionary<Hex32, bool> changed = new();

    /// <summary>All that are remembered.</summary>
    public IEnumerable<Hex32> Peers => peers.Keys;

    public void Restore(IEnumerable<ExperienceRow> rows)
    {
        foreach (var row in rows.Take(MaxPeers)) peers[row.Peer] = row;
    }

    /// <summary>The peer gave a signed answer that held.</summary>
    public void Succeeded(PublicKey peer) => Add(Hex32.From(peer), good: 1, bad: 0);

    /// <summary>The peer's own fault: unreachable, silent, or an answer that does not hold. Never for a client's mistake or a full peer.</summary>
    public void Failed(PublicKey peer) => Add(Hex32.From(peer), good: 0, bad: 1);

    /// <summary>As it weighs now; null when this daemon never asked the peer.</summary>
    public ExperienceRow? Of(Hex32 peer) => peers.TryGetValue(peer, out var row) ? Aged(row) : null;

    /// <summary>What changed since the last call, for the store.</summary>
    public IReadOnlyList<ExperienceRow> TakeChanges()
    {
        var rows = new List<ExperienceRow>();
        foreach (var peer in changed.Keys)
            if (changed.TryRemove(peer, out _) && peers.TryGetValue(peer, out var row)) rows.Add(row);
        return rows;
    }

    /// <summary>Forgets peers not met for a <see cref="Lifetime"/>.</summary>
    public void Forget()
    {
        var oldestMs = NowMs() - (long)Lifetime.TotalMilliseconds;
        foreach (var (peer, row) in peers)
            if (row.AtMs < oldestMs) peers.TryRemove(peer, out _);
    }

    private void Add(Hex32 peer, double good, double bad)
    {
        if (peers.Count >= MaxPeers && !peers.ContainsKey(peer)) return;
        peers.AddOrUpdate(peer, _ => new ExperienceRow(peer, good, bad, NowMs()), (_, row) => Sum(Aged(row), good, bad));
        changed[peer] = true;
    }

    private static ExperienceRow Sum(ExperienceRow row, double good, double bad) => row with { Good = row.Good + good, Bad = row.Bad + bad };

    private ExperienceRow Aged(ExperienceRow row)
    {
        var now = NowMs();
        var left = Math.Pow(0.5, Math.Max(0, now - row.AtMs) / HalfLife.TotalMilliseconds);
        return row with { Good = row.Good * left, Bad = row.Bad * left, AtMs = Math.Max(now, row.AtMs) };
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}

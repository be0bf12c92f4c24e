using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>
/// The routers this daemon has heard of through relays, one entry per key. What is said of a router is said by the router
/// itself; the newest word wins, whatever order relays deliver in. A withdrawn router stays as a mark, so that no old copy brings it back.
/// </summary>
/// <param name="trust">Whose routers are known; null: nobody's.</param>
internal sealed class RouterDirectory(TimeProvider time, TrustScores? trust = null)
{
    /// <summary>More routers than a gateway can compare. When full, strangers give way to keys that are known, and newcomers among strangers wait: free keys must push nobody out.</summary>
    private const int MaxRouters = 2000;

    private readonly Lock gate = new();
    private readonly Dictionary<PublicKey, RouterEntry> entries = [];
    private volatile Snapshot? snapshot;
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Routers whose announcement has not expired.</summary>
    public IReadOnlyList<KnownRouter> Current
    {
        get
        {
            var now = NowMs;
            var known = snapshot is { } fresh && fresh.UntilMs > now ? fresh : Rebuild(now);
            return [.. known.Routers.Where(router => router.ExpiresAtMs > now)];
        }
    }

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public KnownRouter? Find(PublicKey key)
    {
        lock (gate) return entries.GetValueOrDefault(key)?.Router(NowMs);
    }

    /// <summary>Completes at the next change after this call.</summary>
    public Task NextChange()
    {
        lock (gate) return news.Task;
    }

    /// <summary>Takes an announcement whose signature, author and shape are checked; false when a newer one is known or there is no room.</summary>
    public bool Observe(KnownRouter router, HeardIn? heard = null)
    {
        var until = UntilMs(router.Key, router.ExpiresAtMs);
        return Change(router.Key, until, entry => entry.Take(router with { ExpiresAtMs = until }, heard ?? new HeardIn(default, FedAiKinds.CapsAnnounce, "", router.CreatedAt)));
    }

    /// <summary>Takes a router's status; it may come before the announcement.</summary>
    public bool Observe(PublicKey router, LoadSummary load, HeardIn heard, long expiresAtMs) =>
        Change(router, expiresAtMs, entry => entry.Take(load, heard, UntilMs(router, expiresAtMs)));

    /// <summary>Takes a price sheet; it may come before the announcement.</summary>
    public bool Observe(PublicKey router, PriceSheet sheet, HeardIn heard, long expiresAtMs) =>
        Change(router, expiresAtMs, entry => entry.Take(new RouterPrice(sheet, UntilMs(router, expiresAtMs)), heard));

    /// <summary>Takes back what a router asked to be deleted (NIP-09); false when nothing of it is known.</summary>
    public bool Delete(PublicKey router, NostrDeletion deletion)
    {
        lock (gate)
        {
            if (entries.GetValueOrDefault(router)?.Delete(deletion) is not true) return false;
            Publish();
            return true;
        }
    }

    /// <summary>What has expired already makes no new entry; it only ends what is known.</summary>
    private bool Change(PublicKey key, long untilMs, Func<RouterEntry, bool> take)
    {
        var now = NowMs;
        lock (gate)
        {
            var entry = entries.GetValueOrDefault(key);
            if (entry is null && (untilMs <= now || (entries.Count >= MaxRouters && !MakeRoom(key, now)))) return false;
            entry ??= new RouterEntry();
            if (!take(entry)) return false;
            entry.KeepUntil(UntilMs(key, untilMs));
            entries[key] = entry;
            Publish();
            return true;
        }
    }

    /// <summary>What has expired goes; then, for a known key, the stranger whose word ends first.</summary>
    private bool MakeRoom(PublicKey newcomer, long now)
    {
        foreach (var (key, _) in entries.Where(entry => entry.Value.KeptUntilMs <= now).ToList()) entries.Remove(key);
        if (entries.Count >= MaxRouters && IsKnown(newcomer) && entries.Where(entry => !IsKnown(entry.Key)).OrderBy(entry => entry.Value.KeptUntilMs).Select(entry => entry.Key).FirstOrDefault() is { } stranger)
            entries.Remove(stranger);
        return entries.Count < MaxRouters;
    }

    private long UntilMs(PublicKey router, long saidMs) => Math.Min(saidMs, NowMs + HeardAnnouncements.LongestWordMs(IsKnown(router)));

    private bool IsKnown(PublicKey key) => trust?.Vouches(Hex32.From(key)) == true;

    private void Publish()
    {
        snapshot = null;
        news.SetResult();
        news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private Snapshot Rebuild(long now)
    {
        lock (gate)
            return snapshot = new([.. entries.Values.Select(entry => entry.Router(now)).OfType<KnownRouter>()], entries.Values.Select(entry => entry.LoadUntilMs(now)).DefaultIfEmpty(long.MaxValue).Min());
    }

    /// <summary>The routers as they are until the first status ends; each says itself until when its own word holds.</summary>
    private sealed record Snapshot(IReadOnlyList<KnownRouter> Routers, long UntilMs);
}

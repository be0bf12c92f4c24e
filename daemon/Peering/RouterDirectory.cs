using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>
/// The routers this daemon has heard of through relays, one entry per key. What is said of a router is said by the router
/// itself; the newest word wins, whatever order relays deliver in. A withdrawn router stays as a mark, so that no old copy brings it back.
/// </summary>
internal sealed class RouterDirectory(TimeProvider time)
{
    /// <summary>More routers than a gateway can compare. When full, known routers stay and newcomers wait: free keys must not push them out.</summary>
    private const int MaxRouters = 2000;

    /// <summary>Whatever a router says, its word holds no longer than this; honest ones refresh after 2 h (DECISIONS E14).</summary>
    private const long LongestWordMs = 24 * 3600 * 1000;

    private readonly Lock gate = new();
    private readonly Dictionary<PublicKey, RouterEntry> entries = [];
    private volatile IReadOnlyList<KnownRouter>? snapshot = [];
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Routers whose announcement has not expired.</summary>
    public IReadOnlyList<KnownRouter> Current
    {
        get
        {
            var now = NowMs;
            return [.. (snapshot ?? Rebuild(now)).Where(router => router.ExpiresAtMs > now)];
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
        var until = Math.Min(router.ExpiresAtMs, NowMs + LongestWordMs);
        return Change(router.Key, until, entry => entry.Take(router with { ExpiresAtMs = until }, heard ?? new HeardIn(default, FedAiKinds.CapsAnnounce, "", router.CreatedAt)));
    }

    /// <summary>Takes a router's status; it may come before the announcement.</summary>
    public bool Observe(PublicKey router, LoadSummary load, HeardIn heard, long expiresAtMs) =>
        Change(router, expiresAtMs, entry => entry.Take(load, heard, Math.Min(expiresAtMs, NowMs + LongestWordMs)));

    /// <summary>Takes a price sheet; it may come before the announcement.</summary>
    public bool Observe(PublicKey router, PriceSheet sheet, HeardIn heard, long expiresAtMs) =>
        Change(router, expiresAtMs, entry => entry.Take(new RouterPrice(sheet, Math.Min(expiresAtMs, NowMs + LongestWordMs)), heard));

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
            if (entry is null && (untilMs <= now || (entries.Count >= MaxRouters && !MakeRoom(now)))) return false;
            entry ??= new RouterEntry();
            if (!take(entry)) return false;
            entry.KeepUntil(Math.Min(untilMs, now + LongestWordMs));
            entries[key] = entry;
            Publish();
            return true;
        }
    }

    private bool MakeRoom(long now)
    {
        foreach (var (key, _) in entries.Where(entry => entry.Value.KeptUntilMs <= now).ToList()) entries.Remove(key);
        return entries.Count < MaxRouters;
    }

    private void Publish()
    {
        snapshot = null;
        news.SetResult();
        news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private IReadOnlyList<KnownRouter> Rebuild(long now)
    {
        lock (gate) return snapshot ??= [.. entries.Values.Select(entry => entry.Router(now)).OfType<KnownRouter>()];
    }
}

using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

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
    private readonly Dictionary<PublicKey, KnownRouter> routers = [];
    private volatile IReadOnlyList<KnownRouter>? snapshot = [];
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Routers whose announcement has not expired.</summary>
    public IReadOnlyList<KnownRouter> Current
    {
        get
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            return [.. (snapshot ?? Rebuild()).Where(router => router.ExpiresAtMs > now)];
        }
    }

    public KnownRouter? Find(PublicKey key)
    {
        lock (gate) return routers.GetValueOrDefault(key) is { } known && known.ExpiresAtMs > time.GetUtcNow().ToUnixTimeMilliseconds() ? known : null;
    }

    /// <summary>Completes at the next change after this call.</summary>
    public Task NextChange()
    {
        lock (gate) return news.Task;
    }

    /// <summary>Takes an announcement whose signature, author and shape are checked; false when a newer one is known or there is no room.</summary>
    public bool Observe(KnownRouter router)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (gate)
        {
            var known = routers.GetValueOrDefault(router.Key);
            if (known is not null && known.CreatedAt >= router.CreatedAt) return false;
            if (known is null && router.ExpiresAtMs <= now) return false;
            if (known is null && routers.Count >= MaxRouters && !MakeRoom(now)) return false;
            routers[router.Key] = router with
            {
                ExpiresAtMs = Math.Min(router.ExpiresAtMs, now + LongestWordMs),
                Load = known?.LoadCreatedAt >= router.CreatedAt ? known.Load : router.Profile.LoadSummary,
                LoadCreatedAt = Math.Max(known?.LoadCreatedAt ?? 0, router.CreatedAt),
            };
            Publish();
            return true;
        }
    }

    /// <summary>Takes a known router's status; false when a newer one is known or the router is not.</summary>
    public bool Observe(PublicKey router, LoadSummary load, long createdAt)
    {
        lock (gate)
        {
            if (routers.GetValueOrDefault(router) is not { } known || known.LoadCreatedAt >= createdAt) return false;
            routers[router] = known with { Load = load, LoadCreatedAt = createdAt };
            Publish();
            return true;
        }
    }

    private bool MakeRoom(long now)
    {
        foreach (var gone in routers.Values.Where(router => router.ExpiresAtMs <= now).ToList()) routers.Remove(gone.Key);
        return routers.Count < MaxRouters;
    }

    private void Publish()
    {
        snapshot = null;
        news.SetResult();
        news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private IReadOnlyList<KnownRouter> Rebuild()
    {
        lock (gate) return snapshot ??= [.. routers.Values];
    }
}

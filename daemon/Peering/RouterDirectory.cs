using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Peering;

/// <summary>
/// The routers this daemon has heard of through relays, one entry per key, as one immutable snapshot. What is said of a
/// router is said by the router itself; the newest announcement wins, whatever order relays deliver in.
/// </summary>
internal sealed class RouterDirectory(TimeProvider time)
{
    /// <summary>More routers than a gateway can compare; the ones that expire first make room.</summary>
    private const int MaxRouters = 2000;

    private readonly Lock gate = new();
    private volatile IReadOnlyList<KnownRouter> current = [];
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Routers whose announcement has not expired.</summary>
    public IReadOnlyList<KnownRouter> Current
    {
        get
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            return [.. current.Where(router => router.ExpiresAtMs > now)];
        }
    }

    public KnownRouter? Find(PublicKey key) => Current.FirstOrDefault(router => router.Key.Equals(key));

    /// <summary>Completes at the next change after this call.</summary>
    public Task NextChange()
    {
        lock (gate) return news.Task;
    }

    /// <summary>Takes an announcement whose signature, author and shape are checked; an older one than known changes nothing.</summary>
    public void Observe(KnownRouter router)
    {
        lock (gate)
        {
            var known = current.FirstOrDefault(other => other.Key.Equals(router.Key));
            if (known is not null && known.CreatedAt >= router.CreatedAt) return;
            var others = current.Where(other => !other.Key.Equals(router.Key));
            if (known is null && current.Count >= MaxRouters) others = others.OrderByDescending(other => other.ExpiresAtMs).Take(MaxRouters - 1);
            current = [.. others, router with { Load = router.Load ?? known?.Load }];
            news.SetResult();
            news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}

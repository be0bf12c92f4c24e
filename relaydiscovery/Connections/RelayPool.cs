using System.Collections.Concurrent;
using FedAi.Protocol.Nostr;
using Microsoft.Extensions.Logging;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>
/// All the relays of this daemon as one: subscriptions are opened at each and again after every reconnect, events are
/// published to those that are ours to publish to. Nothing here waits for a relay that is down.
/// </summary>
public sealed class RelayPool
{
    private readonly IReadOnlyList<RelayLink> links;
    private readonly ConcurrentDictionary<string, RelaySubscription> subscriptions = new();
    private readonly ConcurrentDictionary<(Hex32 Author, int Kind, string Address), NostrEvent> announcements = new();
    private int opened;

    public RelayPool(IReadOnlyList<PooledRelay> relays, RelayPoolOptions options, TimeProvider clock, ILogger<RelayPool> logger)
    {
        Options = options;
        links = [.. relays.Select(relay => new RelayLink(relay, this, clock, logger))];
    }

    /// <summary>How each relay does.</summary>
    public IReadOnlyList<RelayStatus> Status => [.. links.Select(link => link.Status)];

    internal RelayPoolOptions Options { get; }

    internal IEnumerable<RelaySubscription> Subscriptions => subscriptions.Values;

    /// <summary>Keeps all relays connected until told to stop. A fault that is no relay's doing ends it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (links.Count == 0) await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await foreach (var ended in Task.WhenEach(links.Select(link => link.RunAsync(all.Token))))
        {
            await all.CancelAsync();
            await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsFaulted) await ended;
        }

        stop.ThrowIfCancellationRequested();
    }

    /// <summary>Opens filters at every relay, now or as soon as it is connected.</summary>
    public async Task<RelaySubscription> SubscribeAsync(IReadOnlyList<NostrFilter> filters, CancellationToken stop)
    {
        var subscription = new RelaySubscription($"fedai-{Interlocked.Increment(ref opened)}", filters, Options.QueuedEvents, links.Select(link => link.Relay));
        subscriptions[subscription.Id] = subscription;
        await Task.WhenAll(links.Select(link => link.SubscribeAsync(subscription, stop)));
        return subscription;
    }

    /// <summary>
    /// Sends a signed event to every relay that we publish to and reports what each said. A replaceable or addressable event is kept and sent
    /// again after every reconnect, until a newer one takes its place.
    /// </summary>
    public async Task<IReadOnlyList<RelayPublishResult>> PublishAsync(NostrEvent value, CancellationToken stop)
    {
        if (NostrKinds.IsReplaceable(value.Kind) || NostrKinds.IsAddressable(value.Kind))
            announcements[(value.Author, value.Kind, value.TagValue("d") ?? "")] = value;
        return await Task.WhenAll(links.Where(link => link.Publishes).Select(link => link.PublishAsync(value, stop)));
    }

    /// <summary>What a relay that comes back must be told again; what NIP-40 has let expire is forgotten.</summary>
    internal IEnumerable<NostrEvent> Announcements(long nowSeconds)
    {
        foreach (var (address, announcement) in announcements)
            if (announcement.ExpirationSeconds > nowSeconds) yield return announcement;
            else announcements.TryRemove(KeyValuePair.Create(address, announcement));
    }

    internal RelaySubscription? FindSubscription(string id) => subscriptions.GetValueOrDefault(id);
}

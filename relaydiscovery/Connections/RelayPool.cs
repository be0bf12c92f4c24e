using System.Collections.Concurrent;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using Microsoft.Extensions.Logging;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>
/// All the relays of this daemon as one: subscriptions are opened at each and again after every reconnect, events are
/// published to those that are ours to publish to. Relays may come and go. Nothing here waits for a relay that is down.
/// </summary>
public sealed class RelayPool
{
    private static readonly IReadOnlySet<int> NoKinds = new HashSet<int>();

    private readonly ILogger<RelayPool> logger;
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, RelaySubscription> subscriptions = new();
    private readonly ConcurrentDictionary<(Hex32 Author, int Kind, string Address), NostrEvent> announcements = new();
    private volatile IReadOnlyList<RelayLink> links = [];
    private volatile TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int opened;
    private int longReaders;
    private int clockWarned;

    /// <param name="relays">The relays to begin with.</param>
    /// <param name="identity">Our key, for relays that ask who we are (NIP-42); null: nobody learns it.</param>
    /// <param name="http">For relays' documents, and for connections to relays that strangers named; null: no documents, and configured relays only.</param>
    public RelayPool(IReadOnlyList<PooledRelay> relays, RelayPoolOptions options, TimeProvider clock, ILogger<RelayPool> logger, KeyPair? identity = null, RelayHttp? http = null)
    {
        Options = options;
        Identity = identity;
        Http = http;
        Clock = clock;
        this.logger = logger;
        SetRelays(relays);
    }

    /// <summary>How each relay does.</summary>
    public IReadOnlyList<RelayStatus> Status => [.. links.Select(link => link.Status)];

    /// <summary>How far our clock is ahead of the relays', by the one in the middle; null while none told the time.</summary>
    public TimeSpan? ClockAhead => RelayClock.Median(links.Select(link => link.Record.ClockAhead));

    internal RelayPoolOptions Options { get; }

    internal TimeProvider Clock { get; }

    internal KeyPair? Identity { get; }

    internal RelayHttp? Http { get; }

    internal IEnumerable<RelaySubscription> Subscriptions => subscriptions.Values;

    /// <summary>The longest frame that is read at all: there must be a subscription for a long one.</summary>
    internal int LongestFrameBytes => Volatile.Read(ref longReaders) > 0 ? Options.MaxLongFrameBytes : Options.MaxFrameBytes;

    /// <summary>What a relay that comes back must be told again; what NIP-40 has let expire is forgotten.</summary>
    internal IEnumerable<NostrEvent> Announcements
    {
        get
        {
            var now = Clock.GetUtcNow().ToUnixTimeSeconds();
            foreach (var (address, announcement) in announcements)
                if (announcement.ExpirationSeconds > now) yield return announcement;
                else announcements.TryRemove(KeyValuePair.Create(address, announcement));
        }
    }

    /// <summary>From now on exactly these relays: new ones are connected to and get every subscription, others are left. Those that stay notice nothing.</summary>
    public void SetRelays(IReadOnlyList<PooledRelay> relays)
    {
        if (Http is null && relays.Any(relay => !relay.Configured)) throw new ArgumentException("Relays that strangers named need a client that judges addresses.", nameof(relays));
        lock (gate)
        {
            var known = links.ToDictionary(link => link.Relay);
            var next = new List<RelayLink>();
            foreach (var relay in relays.DistinctBy(relay => relay.Url))
            {
                if (known.Remove(relay.Url, out var link)) link.Change(relay);
                next.Add(link ?? new RelayLink(relay, this, logger));
            }

            links = next;
            changed.TrySetResult();
        }
    }

    /// <summary>Keeps all relays connected until told to stop. A fault that is no relay's doing ends it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = new Dictionary<RelayLink, (Task Task, CancellationTokenSource Leave)>();
        try
        {
            while (true)
            {
                changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                var wanted = links;
                foreach (var link in wanted.Where(link => !running.ContainsKey(link)))
                {
                    var leave = CancellationTokenSource.CreateLinkedTokenSource(all.Token);
                    running[link] = (link.RunAsync(leave.Token), leave);
                }

                foreach (var link in running.Keys.Except(wanted).ToList())
                {
                    running.Remove(link, out var gone);
                    await gone.Leave.CancelAsync();
                    await EndAsync(gone.Task);
                    gone.Leave.Dispose();
                }

                await Task.WhenAny([changed.Task.WaitAsync(stop), .. running.Values.Select(one => one.Task)]);
                stop.ThrowIfCancellationRequested();
                // A link runs until it is stopped, so one that ended has failed.
                foreach (var (task, _) in running.Values)
                    if (task.IsCompleted) await task;
            }
        }
        finally
        {
            await all.CancelAsync();
            foreach (var (task, leave) in running.Values)
            {
                await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                leave.Dispose();
            }
        }
    }

    /// <summary>Opens filters at every relay, now or as soon as it is connected.</summary>
    /// <param name="longKinds">Kinds whose events are also taken when they are long, such as follow lists.</param>
    public async Task<RelaySubscription> SubscribeAsync(IReadOnlyList<NostrFilter> filters, CancellationToken stop, IReadOnlySet<int>? longKinds = null)
    {
        var subscription = new RelaySubscription($"fedai-{Interlocked.Increment(ref opened)}", filters, longKinds ?? NoKinds, this, links.Select(link => link.Relay));
        subscriptions[subscription.Id] = subscription;
        if (subscription.LongKinds.Count > 0) Interlocked.Increment(ref longReaders);
        await Task.WhenAll(links.Select(link => link.SubscribeAsync(subscription, stop)));
        return subscription;
    }

    /// <summary>
    /// Sends a signed event to every relay that we publish to and reports what each said. A replaceable or addressable event is kept, sent
    /// when a relay's budget has room again, and sent again after every reconnect, until a newer one takes its place.
    /// </summary>
    /// <param name="urgent">Also when the budget is spent: for what cannot wait, such as taking announcements back before the end.</param>
    public async Task<IReadOnlyList<RelayPublishResult>> PublishAsync(NostrEvent value, CancellationToken stop, bool urgent = false)
    {
        if (NostrKinds.IsReplaceable(value.Kind) || NostrKinds.IsAddressable(value.Kind))
            announcements[(value.Author, value.Kind, value.TagValue("d") ?? "")] = value;
        return await Task.WhenAll(links.Where(link => link.Publishes).Select(link => link.PublishAsync(value, urgent, stop)));
    }

    /// <summary>How many of the relays that we publish to said, since they were last connected, that they have this event.</summary>
    public int Confirmed(NostrEvent value) => links.Count(link => link.Publishes && link.Outbox.Has(value));

    /// <summary>How many of the relays that we publish to may not have what we announce.</summary>
    public int Withheld => links.Count(link => link.Pooled.Publishes && !link.Publishes);

    internal RelaySubscription? FindSubscription(string id) => subscriptions.GetValueOrDefault(id);

    internal async Task CloseAsync(RelaySubscription subscription)
    {
        if (!subscriptions.TryRemove(subscription.Id, out _)) return;
        if (subscription.LongKinds.Count > 0) Interlocked.Decrement(ref longReaders);
        await Task.WhenAll(links.Select(link => link.CloseAsync(subscription, CancellationToken.None)));
    }

    /// <summary>A relay told the time: says so once when this machine's clock is the wrong one.</summary>
    internal void WatchClock()
    {
        if (ClockAhead is { } ahead && ahead.Duration() > RelayClock.Worrying && Interlocked.Exchange(ref clockWarned, 1) == 0) logger.ClockIsWrong(ahead);
    }

    private static async Task EndAsync(Task stopped)
    {
        await stopped.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stopped.IsFaulted) await stopped;
    }
}

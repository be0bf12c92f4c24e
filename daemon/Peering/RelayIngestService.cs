using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Peering;

/// <summary>Keeps the relays connected and takes in what other routers announce there. Start-up never waits for it.</summary>
internal sealed class RelayIngestService(RelayPool pool, RelayIngest ingest) : BackgroundService
{
    // More than the routers one daemon remembers would not help; relays cap at 500 anyway.
    private const int StoredEvents = 500;

    /// <summary>
    /// What is asked of every relay: announcements of routers, and what their authors take back. By kind and by type, because other
    /// software uses the kinds too. Without since: relays keep the newest.
    /// </summary>
    public static IReadOnlyList<NostrFilter> Filters { get; } =
    [
        FilterFor(ControlMessageType.CapsAnnounce), FilterFor(ControlMessageType.PriceAnnounce), FilterFor(ControlMessageType.StatusAnnounce),
        Filter(NostrKinds.Deletion, "k", new HashSet<string> { "30020", "30021", "30022" }),
    ];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] loops = [pool.RunAsync(ending.Token), ReadAsync(ending.Token)];
        await Task.WhenAny(loops);
        await ending.CancelAsync();
        await Task.WhenAll(loops);
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        var subscription = await pool.SubscribeAsync(Filters, stop);
        await foreach (var received in subscription.Events.ReadAllAsync(stop)) PeeringMetrics.Count(ingest.Take(received.Event, received.Relay));
    }

    private static NostrFilter FilterFor(ControlMessageType type) => Filter(FedAiKinds.KindOf(type), "t", new HashSet<string> { FedAiKinds.TagOf(type) });

    private static NostrFilter Filter(int kind, string tag, IReadOnlySet<string> values) => new()
    {
        Kinds = new HashSet<int> { kind },
        Tags = new Dictionary<string, IReadOnlySet<string>> { [tag] = values },
        Limit = StoredEvents,
    };
}

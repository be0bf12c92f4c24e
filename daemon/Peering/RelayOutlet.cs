using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Peering;

/// <summary>Where this daemon's own events go: its own relay, and the relays it publishes to.</summary>
internal sealed class RelayOutlet(RelayHub own, RelayPool others)
{
    /// <summary>Sends a signed event everywhere; what the other relays said. An urgent one also where the budget is spent.</summary>
    public Task<IReadOnlyList<RelayPublishResult>> PublishAsync(NostrEvent value, CancellationToken stop, bool urgent = false)
    {
        own.Publish(value);
        return others.PublishAsync(value, stop, urgent);
    }

    /// <summary>Completes when the readers of the own relay have been sent what was published so far.</summary>
    public Task SentAsync(CancellationToken stop) => own.SentAsync(stop);
}

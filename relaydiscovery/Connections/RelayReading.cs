using FedAi.Protocol.Nostr;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>
/// What one relay is asked to send: opens subscriptions within the relay's limits, opens closed ones again where that makes sense,
/// and remembers from when on ephemeral events are missing. From any thread.
/// </summary>
internal sealed class RelayReading(RelayRecord record, RelayPool pool, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Place> places = [];

    /// <summary>Asks for a subscription over this connection, unless the relay's limit is reached: then the earlier ones stay.</summary>
    public async Task OpenAsync(RelayTalk talk, RelaySubscription subscription, CancellationToken stop)
    {
        IReadOnlyList<NostrFilter>? filters = null;
        lock (gate)
        {
            if (pool.FindSubscription(subscription.Id) is null) return; // nobody wants it any more
            if (!places.TryGetValue(subscription.Id, out var place)) places[subscription.Id] = place = new Place();
            if (place.IsOpen) return;
            place.WaitsForRoom = places.Values.Count(other => other.IsOpen) >= (record.Document?.MaxSubscriptions ?? int.MaxValue);
            if (!place.WaitsForRoom)
            {
                place.IsOpen = true;
                place.OpenedAt = clock.GetTimestamp();
                filters = RelayRequests.For(subscription.Filters, place.LastEose, record.RelayNowSeconds, record.Document?.MaxLimit);
            }
        }

        if (filters is not null) await talk.SendAsync(ClientFrame.WriteReq(subscription.Id, filters), stop);
        else subscription.Settle(record.Relay);
    }

    /// <summary>Ends a subscription that nobody wants any more, and gives its room to one that waits.</summary>
    public async Task CloseAsync(RelayTalk? talk, RelaySubscription subscription, CancellationToken stop)
    {
        bool wasOpen;
        string? next;
        lock (gate)
        {
            wasOpen = places.Remove(subscription.Id, out var place) && place.IsOpen;
            next = places.FirstOrDefault(other => other.Value.WaitsForRoom).Key;
        }

        if (!wasOpen || talk is null) return;
        await talk.SendAsync(ClientFrame.WriteClose(subscription.Id), stop);
        if (next is not null && pool.FindSubscription(next) is { } waiting) await OpenAsync(talk, waiting, stop);
    }

    /// <summary>The relay has sent everything it had stored.</summary>
    public void Complete(RelaySubscription subscription)
    {
        lock (gate)
            if (places.TryGetValue(subscription.Id, out var place)) place.LastEose = record.RelayNowSeconds;
        subscription.Settle(record.Relay);
    }

    /// <summary>The relay closed a subscription: asks again as its reason allows, later each time. A relay that goes on closing costs one REQ per pause.</summary>
    public async Task ReopenAsync(RelayTalk talk, RelaySubscription subscription, RelayVerdict reason, CancellationToken stop)
    {
        TimeSpan pause;
        lock (gate)
        {
            if (!places.TryGetValue(subscription.Id, out var place) || !place.IsOpen) return;
            place.IsOpen = false;
            if (clock.GetElapsedTime(place.OpenedAt) >= pool.Options.HealthyAfter) place.Closures = 0;
            pause = RelayBackoff.Delay(++place.Closures, record.Jitter(), pool.Options.FirstBackoff, pool.Options.LongestPause);
        }

        var reaction = RelayAnswers.ReactionTo(reason);
        if (reaction is RelayReaction.Authenticate && await talk.AuthenticateAsync(record.RelayNowSeconds, stop) && TakeProof(subscription))
        {
            await OpenAsync(talk, subscription, stop);
            return;
        }

        // It waits for this relay no longer.
        subscription.Settle(record.Relay);
        if (reaction is RelayReaction.Demote or RelayReaction.Authenticate) record.Demote();
        if (reaction is not RelayReaction.TryLater) return;
        await Task.Delay(pause, clock, stop);
        if (pool.FindSubscription(subscription.Id) is not null) await OpenAsync(talk, subscription, stop);
    }

    /// <summary>A connection ended: nothing is open any more, and nobody need wait for this relay.</summary>
    public void Disconnected()
    {
        lock (gate)
            foreach (var place in places.Values) (place.IsOpen, place.HasProved, place.WaitsForRoom) = (false, false, false);
        foreach (var subscription in pool.Subscriptions) subscription.Settle(record.Relay);
    }

    /// <summary>Whether the proof of our key may be worth another try: once per subscription and connection.</summary>
    private bool TakeProof(RelaySubscription subscription)
    {
        lock (gate)
        {
            if (!places.TryGetValue(subscription.Id, out var place) || place.HasProved) return false;
            return place.HasProved = true;
        }
    }

    private sealed class Place
    {
        public bool IsOpen { get; set; }
        public bool HasProved { get; set; }
        public bool WaitsForRoom { get; set; }
        public long OpenedAt { get; set; }
        public long? LastEose { get; set; }
        public int Closures { get; set; }
    }
}

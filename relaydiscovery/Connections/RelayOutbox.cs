using FedAi.Protocol.Nostr;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>
/// When one relay may be sent which event of ours: within our budget, with the pauses it asked for, nothing twice that it has, and
/// nothing again that it will never take. From any thread.
/// </summary>
internal sealed class RelayOutbox(RelayPool pool, TimeProvider clock)
{
    /// <summary>Far above what one daemon announces at a time; ids of what it announced before are forgotten then.</summary>
    private const int MostTold = 256;

    private readonly RelayPoolOptions options = pool.Options;
    private readonly Lock gate = new();
    private readonly RelayBudget budget = new(pool.Options.PublishBurst, pool.Options.PublishPerHour / 3600.0, clock);
    private readonly HashSet<Hex32> told = [];
    private readonly HashSet<Hex32> refused = [];
    private readonly HashSet<Hex32> confirmed = [];
    private long pausedUntilMs;
    private int pauses;

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Whether the event may go now; then it counts. One that cannot wait goes even when the budget is spent.</summary>
    public bool TryTake(NostrEvent value, bool urgent)
    {
        lock (gate)
        {
            var allowed = NowMs >= pausedUntilMs && budget.TryTake();
            if (!allowed && !urgent) return false;
            if (told.Count >= MostTold)
            {
                var announced = pool.Announcements.Select(announcement => announcement.Id).ToHashSet();
                told.IntersectWith(announced);
                confirmed.IntersectWith(announced);
            }

            told.Add(value.Id);
            return true;
        }
    }

    /// <summary>Whether the relay must still be told: it neither has the event nor refused it for good.</summary>
    public bool Owes(NostrEvent value)
    {
        lock (gate) return !told.Contains(value.Id) && !refused.Contains(value.Id);
    }

    /// <summary>Whether the relay said that it has the event.</summary>
    public bool Has(NostrEvent value)
    {
        lock (gate) return confirmed.Contains(value.Id);
    }

    /// <summary>Waits until the next event may go.</summary>
    public Task WaitAsync(CancellationToken stop)
    {
        lock (gate)
        {
            var pause = TimeSpan.FromMilliseconds(Math.Max(0, pausedUntilMs - NowMs));
            var budgetWait = budget.Wait();
            return Task.Delay(pause > budgetWait ? pause : budgetWait, clock, stop);
        }
    }

    /// <summary>What became of an event that was sent, or was not because the relay would not take it.</summary>
    public void Note(NostrEvent value, RelayVerdict verdict)
    {
        var reaction = RelayAnswers.ReactionTo(verdict);
        lock (gate)
        {
            if (reaction is RelayReaction.GiveUp) refused.Add(value.Id);
            if (verdict is RelayVerdict.Accepted or RelayVerdict.Duplicate) confirmed.Add(value.Id);
            if (reaction is RelayReaction.None) pauses = 0;
            else told.Remove(value.Id);
            // A lost connection is no answer; coming back has its own pauses.
            if (verdict is RelayVerdict.NotConnected) return;
            Pause(reaction);
        }
    }

    /// <summary>Leaves the relay alone for as long as what it said asks for.</summary>
    public void Pause(RelayReaction reaction)
    {
        lock (gate)
        {
            if (reaction is RelayReaction.Demote) pausedUntilMs = NowMs + (long)options.LongestPause.TotalMilliseconds;
            if (reaction is RelayReaction.TryLater or RelayReaction.Authenticate)
                pausedUntilMs = NowMs + (long)RelayBackoff.Delay(++pauses, jitter: 1, options.FirstPause, options.LongestPause).TotalMilliseconds;
        }
    }

    /// <summary>A new connection: the relay may have lost what it had. What is not announced any more is forgotten.</summary>
    public void Reconnected()
    {
        lock (gate)
        {
            told.Clear();
            confirmed.Clear();
            refused.IntersectWith(pool.Announcements.Select(announcement => announcement.Id));
        }
    }
}

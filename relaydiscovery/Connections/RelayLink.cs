using FedAi.Protocol.Nostr;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>The pool's side of one relay: connects, comes back after every loss, leaves it alone when it fails too often, and sends it our events.</summary>
internal sealed class RelayLink
{
    private readonly RelayPool pool;
    private readonly ILogger logger;
    private readonly ResiliencePipeline retry;
    private volatile PooledRelay pooled;
    private volatile RelayTalk? talk;
    private volatile RelayState state;
    private volatile int failures;
    private volatile TaskCompletionSource owing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RelayLink(PooledRelay relay, RelayPool pool, ILogger logger)
    {
        pooled = relay;
        this.pool = pool;
        this.logger = logger;
        Record = new RelayRecord(relay.Url, pool, pool.Clock);
        Outbox = new RelayOutbox(pool, pool.Clock);
        Reading = new RelayReading(Record, pool, pool.Clock);
        retry = new ResiliencePipelineBuilder { TimeProvider = pool.Clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = new PredicateBuilder().Handle<RelayConnectionException>().Handle<BrokenCircuitException>(),
                DelayGenerator = attempt => ValueTask.FromResult<TimeSpan?>(OnLost(attempt.Outcome.Exception!)),
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                // Nearly all: one long connection among many failures does not make a flapping relay a good one.
                FailureRatio = 0.9,
                MinimumThroughput = pool.Options.FailuresToPutAside,
                SamplingDuration = TimeSpan.FromMinutes(10),
                BreakDuration = pool.Options.PutAsideFor,
                ShouldHandle = new PredicateBuilder().Handle<RelayConnectionException>(),
            })
            .Build();
    }

    public PooledRelay Pooled => pooled;

    public Uri Relay => pooled.Url;

    /// <summary>Whether it gets our events.</summary>
    public bool Publishes => pooled.Publishes && pool.Options.MayPublish(Relay);

    public RelayRecord Record { get; }

    public RelayOutbox Outbox { get; }

    public RelayReading Reading { get; }

    public RelayStatus Status => Record.StatusAs(state, failures, pooled.Configured);

    /// <summary>The same relay in another part.</summary>
    public void Change(PooledRelay to)
    {
        pooled = to;
        owing.TrySetResult();
    }

    /// <summary>Announcements that this relay should have and has not; the oldest first, so that one that changes all the time does not hold the others up.</summary>
    public IEnumerable<NostrEvent> Owed() => Publishes ? pool.Announcements.Where(Outbox.Owes).OrderBy(announcement => announcement.CreatedAt) : [];

    /// <summary>Completes when something could not be sent after this call.</summary>
    public Task NextOwing() => (owing = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Stays connected until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await retry.ExecuteAsync(static async (link, stop) => await link.StayConnectedAsync(stop), this, stop);
                await Task.Delay(Backoff(1), pool.Clock, stop);
            }
        }
        finally
        {
            Enter(RelayState.Idle);
        }
    }

    /// <summary>Opens a subscription if connected; otherwise connecting will.</summary>
    public async Task SubscribeAsync(RelaySubscription subscription, CancellationToken stop)
    {
        try
        {
            if (talk is { } open) await Reading.OpenAsync(open, subscription, stop);
        }
        catch (RelayConnectionException)
        {
            // The loop notices too, reconnects and subscribes then.
        }
    }

    public async Task CloseAsync(RelaySubscription subscription, CancellationToken stop)
    {
        try
        {
            await Reading.CloseAsync(talk, subscription, stop);
        }
        catch (RelayConnectionException)
        {
            // It ended with its connection.
        }
    }

    public async Task<RelayPublishResult> PublishAsync(NostrEvent value, bool urgent, CancellationToken stop)
    {
        if (talk is not { } open) return new RelayPublishResult(Relay, RelayVerdict.NotConnected);
        if (Record.Document?.Refuses(value, ClientFrame.WriteEvent(value).Length, Record.RelayNowSeconds) is { } unfit)
        {
            Outbox.Note(value, unfit);
            return new RelayPublishResult(Relay, unfit, "its document says that it does not take this");
        }

        if (!Outbox.TryTake(value, urgent))
        {
            owing.TrySetResult();
            return new RelayPublishResult(Relay, RelayVerdict.Held);
        }

        var result = await open.PublishAsync(value, Record.RelayNowSeconds, stop);
        Outbox.Note(value, result.Verdict);
        var reaction = RelayAnswers.ReactionTo(result.Verdict);
        if (reaction is RelayReaction.Demote or RelayReaction.Authenticate) Record.Demote();
        if (reaction is not (RelayReaction.None or RelayReaction.GiveUp)) owing.TrySetResult();
        Record.CountPublished(result);
        if (reaction is not RelayReaction.None && result.Verdict is not (RelayVerdict.NotConnected or RelayVerdict.TimedOut)) logger.EventRefused(Relay, value.Kind, result.Message);
        return result;
    }

    /// <summary>One connection. Returns when it was a healthy one; otherwise what ended it is thrown, and counts as a failure.</summary>
    private async Task StayConnectedAsync(CancellationToken stop)
    {
        Record.CountAttempt();
        Enter(RelayState.Connecting);
        var asked = pool.Clock.GetTimestamp();
        using var connection = await RelayConnection.ConnectAsync(Relay, pooled.Client ?? (pooled.Configured ? null : pool.Http?.Found), pool.Options, pool.Clock, stop);
        var since = pool.Clock.GetTimestamp();
        var open = new RelayTalk(Relay, connection, pooled.Configured || pool.Options.AuthenticateToFound ? pool.Identity : null, pool.Options, pool.Clock);
        Record.NoteClock(connection.ClockAhead);
        Record.NoteConnected(pool.Clock.GetElapsedTime(asked));
        Outbox.Reconnected();
        talk = open;
        Enter(RelayState.Connected);
        logger.Connected(Relay);
        try
        {
            using var visit = new RelayVisit(this, pool, connection, open, logger);
            await visit.RunAsync(stop);
        }
        catch (RelayConnectionException reason) when (pool.Clock.GetElapsedTime(since) >= pool.Options.HealthyAfter)
        {
            failures = 0;
            Enter(RelayState.Waiting);
            Record.Problem = reason.Message;
        }
        finally
        {
            talk = null;
            Reading.Disconnected();
        }
    }

    private TimeSpan OnLost(Exception reason)
    {
        Reading.Disconnected();
        if (reason is BrokenCircuitException broken)
        {
            Enter(RelayState.PutAside);
            var pause = (broken.RetryAfter ?? pool.Options.PutAsideFor) + Backoff(1);
            logger.PutAside(Relay, pause, failures);
            return pause;
        }

        failures++;
        RelayMetrics.CountFailure();
        Record.Problem = reason.Message;
        Enter(RelayState.Waiting);
        var delay = Backoff(failures);
        logger.Lost(Relay, Record.Problem!, delay, failures);
        return delay;
    }

    /// <summary>Only the link's own loop moves it on.</summary>
    private void Enter(RelayState next)
    {
        RelayMetrics.Move(state, next);
        state = next;
    }

    private TimeSpan Backoff(int inARow) => RelayBackoff.Delay(inARow, Record.Jitter(), pool.Options.FirstBackoff, pool.Options.LongestBackoff);
}

using System.Collections.Concurrent;
using FedAi.Protocol.Nostr;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>The pool's side of one relay: connects, comes back after every loss, and repeats what the relay must know.</summary>
internal sealed class RelayLink
{
    private readonly RelayPool pool;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly ResiliencePipeline retry;
    private readonly Random random = new();
    private readonly ConcurrentDictionary<Hex32, TaskCompletionSource<RelayFrame>> unanswered = new();

    private volatile RelayConnection? connection;
    private volatile RelayState state;
    private volatile string? problem;
    private volatile int failures;
    private long frames, refusedFrames, published, refusedEvents;

    public RelayLink(PooledRelay relay, RelayPool pool, TimeProvider clock, ILogger logger)
    {
        Relay = relay.Url;
        Publishes = relay.Publishes;
        this.pool = pool;
        this.clock = clock;
        this.logger = logger;
        retry = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = new PredicateBuilder().Handle<RelayConnectionException>(),
                DelayGenerator = attempt => ValueTask.FromResult<TimeSpan?>(OnLost(attempt.Outcome.Exception!)),
            })
            .Build();
    }

    public Uri Relay { get; }

    public bool Publishes { get; }

    public RelayStatus Status => new(Relay, state, failures, problem,
        Interlocked.Read(ref frames), Interlocked.Read(ref refusedFrames), Interlocked.Read(ref published), Interlocked.Read(ref refusedEvents));

    /// <summary>Stays connected until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop) =>
        await retry.ExecuteAsync(static async (link, stop) => await link.StayConnectedAsync(stop), this, stop);

    /// <summary>Opens a subscription if connected; otherwise connecting will.</summary>
    public async Task SubscribeAsync(RelaySubscription subscription, CancellationToken stop)
    {
        try
        {
            if (connection is { } open) await open.SendAsync(ClientFrame.WriteReq(subscription.Id, subscription.Filters), stop);
        }
        catch (RelayConnectionException)
        {
            // The loop notices too, reconnects and subscribes then.
        }
    }

    public async Task<RelayPublishResult> PublishAsync(NostrEvent value, CancellationToken stop)
    {
        if (connection is not { } open) return new RelayPublishResult(Relay, RelayVerdict.NotConnected);
        var answer = unanswered.GetOrAdd(value.Id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await open.SendAsync(ClientFrame.WriteEvent(value), stop);
            var ok = await answer.Task.WaitAsync(pool.Options.AnswerTimeout, clock, stop);
            var result = new RelayPublishResult(Relay, RelayPublishResult.Read(ok.Accepted, ok.Message), RelayLog.Clean(ok.Message));
            Interlocked.Increment(ref result.IsPublished ? ref published : ref refusedEvents);
            if (!result.IsPublished) logger.EventRefused(Relay, value.Kind, result.Message);
            return result;
        }
        catch (TimeoutException)
        {
            return new RelayPublishResult(Relay, RelayVerdict.TimedOut);
        }
        catch (RelayConnectionException e)
        {
            return new RelayPublishResult(Relay, RelayVerdict.NotConnected, e.Message);
        }
        finally
        {
            unanswered.TryRemove(value.Id, out _);
        }
    }

    private async Task StayConnectedAsync(CancellationToken stop)
    {
        state = RelayState.Connecting;
        using var open = await RelayConnection.ConnectAsync(Relay, pool.Options, stop);
        var since = clock.GetTimestamp();
        connection = open;
        state = RelayState.Connected;
        problem = null;
        logger.Connected(Relay);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var repeated = RepeatAsync(lost.Token);
        try
        {
            while (true) await HandleAsync(await open.ReceiveAsync(stop), stop);
        }
        finally
        {
            connection = null;
            if (clock.GetElapsedTime(since) >= pool.Options.HealthyAfter) failures = 0;
            foreach (var answer in unanswered.Values) answer.TrySetException(new RelayConnectionException("broke off before answering"));
            await lost.CancelAsync();
            await repeated.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (repeated.IsFaulted) await repeated;
        }
    }

    /// <summary>After connecting: every open subscription, and every announcement that is still ours; the relay may have lost it.</summary>
    private async Task RepeatAsync(CancellationToken stop)
    {
        foreach (var subscription in pool.Subscriptions) await SubscribeAsync(subscription, stop);
        if (!Publishes) return;
        foreach (var announcement in pool.Announcements(clock.GetUtcNow().ToUnixTimeSeconds())) await PublishAsync(announcement, stop);
    }

    private async ValueTask HandleAsync(byte[]? received, CancellationToken stop)
    {
        Interlocked.Increment(ref frames);
        if (received is null || !RelayFrame.TryParse(received, pool.Options.MaxFrameBytes, out var frame))
        {
            Interlocked.Increment(ref refusedFrames);
            return;
        }

        var subscription = pool.FindSubscription(frame.Subscription);
        switch (frame.Type)
        {
            case RelayFrameType.Event when subscription?.Wants(frame.Event!) == true:
                await subscription.DeliverAsync(new RelayedEvent(Relay, frame.Event!), stop);
                break;
            case RelayFrameType.Event:
                Interlocked.Increment(ref refusedFrames);
                break;
            case RelayFrameType.Ok:
                if (unanswered.TryGetValue(frame.EventId, out var answer)) answer.TrySetResult(frame);
                break;
            case RelayFrameType.Eose:
                subscription?.Settle(Relay);
                break;
            case RelayFrameType.Closed:
                problem = RelayLog.Clean(frame.Message);
                logger.SubscriptionClosed(Relay, problem);
                subscription?.Settle(Relay);
                break;
            default:
                if (logger.IsEnabled(LogLevel.Debug)) logger.Notice(Relay, RelayLog.Clean(frame.Message));
                break;
        }
    }

    private TimeSpan OnLost(Exception reason)
    {
        failures++;
        problem = RelayLog.Clean(reason.Message);
        state = RelayState.Waiting;
        foreach (var subscription in pool.Subscriptions) subscription.Settle(Relay);
        var delay = RelayBackoff.Delay(failures, random.NextDouble(), pool.Options.FirstBackoff, pool.Options.LongestBackoff);
        logger.Lost(Relay, problem, delay, failures);
        return delay;
    }
}

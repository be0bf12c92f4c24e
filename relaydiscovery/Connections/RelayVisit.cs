using FedAi.Protocol.Nostr;
using Microsoft.Extensions.Logging;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>One connection to a relay, from its opening to its loss: repeats what the relay must know, and takes in what it says.</summary>
internal sealed class RelayVisit(RelayLink link, RelayPool pool, RelayConnection connection, RelayTalk talk, ILogger logger) : IDisposable
{
    private readonly RelayRecord record = link.Record;
    private readonly long droppedBefore = link.Record.Dropped;
    private readonly CancellationTokenSource lost = new();
    private readonly Func<int> mostBytes = () => pool.LongestFrameBytes;
    private readonly List<Task> work = [];

    /// <summary>Reads until the connection breaks; that is always a <see cref="RelayConnectionException"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var told = stop.Register(lost.Cancel);
        work.Add(RepeatAsync(lost.Token));
        try
        {
            while (true)
            {
                if (Handle(await connection.ReceiveAsync(mostBytes, stop)) is { } answer) work.Add(answer);
                if (work.Count > 32) work.RemoveAll(done => done.IsCompletedSuccessfully || done.IsCanceled);
                if (record.Dropped - droppedBefore > pool.Options.FloodEvents) throw new RelayConnectionException("floods us with events");
            }
        }
        finally
        {
            talk.End();
            await lost.CancelAsync();
            foreach (var task in work)
            {
                await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                // A fault that is not the relay's doing goes on to the caller.
                if (task.IsFaulted && task.Exception.InnerException is not RelayConnectionException) await task;
            }
        }
    }

    public void Dispose() => lost.Dispose();

    /// <summary>Every open subscription; then, as the budget allows, every announcement of ours that the relay has not.</summary>
    private async Task RepeatAsync(CancellationToken stop)
    {
        var document = ReadDocumentAsync(stop);
        foreach (var subscription in pool.Subscriptions) await link.Reading.OpenAsync(talk, subscription, stop);
        await document;
        while (true)
        {
            var owing = link.NextOwing();
            foreach (var announcement in link.Owed())
            {
                var result = await link.PublishAsync(announcement, urgent: false, stop);
                if (result.Verdict is RelayVerdict.NotConnected) return;
                if (result.Verdict is RelayVerdict.Held) break;
            }

            if (!link.Owed().Any()) await owing.WaitAsync(stop);
            else await link.Outbox.WaitAsync(stop);
        }
    }

    private async Task ReadDocumentAsync(CancellationToken stop)
    {
        if (pool.Http is { } http && record.IsDocumentOld)
        {
            var (read, ahead) = await Nip11Client.ReadAsync(http.For(link.Pooled), link.Relay, pool.Options.DocumentTimeout, pool.Clock, stop);
            record.NoteClock(ahead);
            if (read is not null) record.NoteDocument(read);
        }

        // Otherwise our key is shown only when something is refused without it.
        if (record.Document?.AuthRequired == true) await talk.AuthenticateAsync(record.RelayNowSeconds, stop);
    }

    /// <summary>Whether a frame so long is for a subscription that takes such; its beginning tells, and the rest is not read otherwise.</summary>
    private bool MayBeLong(byte[] frame) => RelayFrame.SubscriptionOf(frame) is { } id && pool.FindSubscription(id)?.LongKinds.Count > 0;

    /// <summary>Takes one frame; what needs to wait for the relay is returned as a task, because reading must go on.</summary>
    private Task? Handle(byte[]? received)
    {
        record.CountFrame();
        var isLong = received?.Length > pool.Options.MaxFrameBytes;
        if (received is null || (isLong && !MayBeLong(received)))
        {
            record.CountRefusedFrame("size");
            return null;
        }

        if (!RelayFrame.TryParse(received, received.Length, out var frame))
        {
            record.CountRefusedFrame("malformed");
            return null;
        }

        var subscription = pool.FindSubscription(frame.Subscription);
        switch (frame.Type)
        {
            case RelayFrameType.Event when subscription?.Wants(frame.Event!) == true && (!isLong || subscription.LongKinds.Contains(frame.Event!.Kind)):
                record.CountDropped(subscription.Events.Add(new RelayedEvent(link.Relay, frame.Event!)));
                break;
            case RelayFrameType.Event:
                record.CountRefusedFrame("unwanted");
                break;
            case RelayFrameType.Ok:
                talk.Answer(frame);
                break;
            case RelayFrameType.Eose when subscription is not null:
                link.Reading.Complete(subscription);
                break;
            case RelayFrameType.Closed when subscription is not null:
                record.Problem = frame.Message;
                logger.SubscriptionClosed(link.Relay, record.Problem!);
                return link.Reading.ReopenAsync(talk, subscription, RelayAnswers.OfClosed(frame.Message), lost.Token);
            case RelayFrameType.Auth:
                talk.Challenge(frame.Message);
                break;
            case RelayFrameType.Notice:
                if (logger.IsEnabled(LogLevel.Debug)) logger.Notice(link.Relay, RelayLog.Clean(frame.Message));
                if (RelayAnswers.OfNotice(frame.Message) is { } said)
                {
                    link.Outbox.Pause(RelayAnswers.ReactionTo(said));
                    if (said is RelayVerdict.Blocked) record.Demote();
                }

                break;
            default:
                break;
        }

        return null;
    }
}

using System.Collections.Concurrent;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>Questions on one open connection that the relay answers with OK: events, and the proof of our key (NIP-42).</summary>
internal sealed class RelayTalk(Uri relay, RelayConnection connection, KeyPair? identity, RelayPoolOptions options, TimeProvider clock)
{
    /// <summary>Challenges of real relays have about 40 characters.</summary>
    private const int LongestChallenge = 512;

    private readonly ConcurrentDictionary<Hex32, TaskCompletionSource<RelayFrame>> unanswered = new();
    private readonly Lock gate = new();
    private string? challenge;
    private Task<bool>? proof;

    public Task SendAsync(byte[] frame, CancellationToken stop) => connection.SendAsync(frame, stop);

    /// <summary>Sends an event; where the relay wants to know who we are first, it is told once and asked again.</summary>
    public async Task<RelayPublishResult> PublishAsync(NostrEvent value, long relayNowSeconds, CancellationToken stop)
    {
        var result = await AskAsync(value.Id, ClientFrame.WriteEvent(value), stop);
        return result.Verdict is RelayVerdict.AuthRequired && await AuthenticateAsync(relayNowSeconds, stop)
            ? await AskAsync(value.Id, ClientFrame.WriteEvent(value), stop)
            : result;
    }

    /// <summary>The relay said what to sign.</summary>
    public void Challenge(string text)
    {
        lock (gate)
        {
            if (text.Length is 0 or > LongestChallenge || text == challenge) return;
            // A relay that asks anew after our proof gets no second one: it would only make us sign.
            challenge ??= text;
        }
    }

    /// <summary>Proves our key, at most once per connection; false when there is none to show, nothing to sign, or the relay is not content.</summary>
    public Task<bool> AuthenticateAsync(long relayNowSeconds, CancellationToken stop)
    {
        lock (gate)
        {
            if (identity is null || challenge is null) return Task.FromResult(false);
            return proof ??= ProveAsync(identity, challenge, relayNowSeconds, stop);
        }
    }

    public void Answer(RelayFrame ok)
    {
        if (unanswered.TryGetValue(ok.EventId, out var waiting)) waiting.TrySetResult(ok);
    }

    /// <summary>The connection is gone: nobody will answer.</summary>
    public void End()
    {
        foreach (var waiting in unanswered.Values) waiting.TrySetException(new RelayConnectionException("broke off before answering"));
    }

    private async Task<bool> ProveAsync(KeyPair key, string toSign, long relayNowSeconds, CancellationToken stop)
    {
        var signed = NostrEvent.Sign(key, NostrKinds.RelayAuth, relayNowSeconds, [["relay", relay.ToString()], ["challenge", toSign]], "");
        return (await AskAsync(signed.Id, ClientFrame.WriteAuth(signed), stop)).IsPublished;
    }

    private async Task<RelayPublishResult> AskAsync(Hex32 id, byte[] frame, CancellationToken stop)
    {
        var waiting = unanswered.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await connection.SendAsync(frame, stop);
            var ok = await waiting.Task.WaitAsync(options.AnswerTimeout, clock, stop);
            return new RelayPublishResult(relay, RelayAnswers.OfOk(ok.Accepted, ok.Message), RelayLog.Clean(ok.Message));
        }
        catch (TimeoutException)
        {
            return new RelayPublishResult(relay, RelayVerdict.TimedOut);
        }
        catch (RelayConnectionException e)
        {
            return new RelayPublishResult(relay, RelayVerdict.NotConnected, e.Message);
        }
        finally
        {
            unanswered.TryRemove(id, out _);
        }
    }
}

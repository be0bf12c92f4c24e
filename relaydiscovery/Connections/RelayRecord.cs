namespace FedAi.RelayDiscovery.Connections;

/// <summary>What is known of one relay over all its connections. From any thread.</summary>
internal sealed class RelayRecord(Uri relay, RelayPool pool, TimeProvider clock)
{
    private readonly Random random = new();
    private volatile string? problem;
    private volatile Nip11Document? document;
    private long documentReadAtMs = long.MinValue;
    private long clockAheadMs = long.MinValue;
    private long demotedUntilMs;
    private long connectedInMs = long.MinValue;
    private long attempts, frames, refusedFrames, published, refusedEvents, dropped;

    public Uri Relay => relay;

    public string? Problem { get => problem; set => problem = value is null ? null : RelayLog.Clean(value); }

    /// <summary>What the relay says of itself, or null when it says nothing.</summary>
    public Nip11Document? Document => document;

    public bool IsDocumentOld => NowMs - Interlocked.Read(ref documentReadAtMs) > pool.Options.DocumentAge.TotalMilliseconds || document is null;

    /// <summary>How far our clock is ahead, or null while unknown.</summary>
    public TimeSpan? ClockAhead => Interlocked.Read(ref clockAheadMs) is not long.MinValue and var known ? TimeSpan.FromMilliseconds(known) : null;

    /// <summary>The relay's time, as far as known: what it compares our <c>created_at</c> and <c>since</c> with.</summary>
    public long RelayNowSeconds => (NowMs - (long)(ClockAhead ?? TimeSpan.Zero).TotalMilliseconds) / 1000;

    public long Dropped => Interlocked.Read(ref dropped);

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public RelayStatus StatusAs(RelayState state, int failures, bool configured) => new(relay, state, failures, problem,
        Interlocked.Read(ref frames), Interlocked.Read(ref refusedFrames), Interlocked.Read(ref published), Interlocked.Read(ref refusedEvents))
    {
        Attempts = Interlocked.Read(ref attempts),
        Dropped = Dropped,
        IsConfigured = configured,
        IsDemoted = Interlocked.Read(ref demotedUntilMs) > NowMs,
        ConnectedIn = Interlocked.Read(ref connectedInMs) is >= 0 and var took ? TimeSpan.FromMilliseconds(took) : null,
        ClockAhead = ClockAhead,
        Document = document,
    };

    public double Jitter()
    {
        lock (random) return random.NextDouble();
    }

    public void CountAttempt()
    {
        Interlocked.Increment(ref attempts);
        RelayMetrics.CountAttempt();
    }

    public void NoteConnected(TimeSpan took)
    {
        Interlocked.Exchange(ref connectedInMs, (long)took.TotalMilliseconds);
        problem = null;
    }

    public void CountFrame() => Interlocked.Increment(ref frames);

    public void CountRefusedFrame(string reason)
    {
        Interlocked.Increment(ref refusedFrames);
        RelayMetrics.CountRefused(reason);
    }

    public void CountDropped(int events)
    {
        if (events == 0) return;
        Interlocked.Add(ref dropped, events);
        RelayMetrics.CountDropped(events);
    }

    public void CountPublished(RelayPublishResult result)
    {
        RelayMetrics.CountPublished(result.Verdict);
        if (result.Verdict is not (RelayVerdict.NotConnected or RelayVerdict.TimedOut)) Interlocked.Increment(ref result.IsPublished ? ref published : ref refusedEvents);
    }

    /// <summary>Another relay is the better choice for a while.</summary>
    public void Demote() => Interlocked.Exchange(ref demotedUntilMs, NowMs + (long)pool.Options.LongestPause.TotalMilliseconds);

    public void NoteDocument(Nip11Document read)
    {
        document = read;
        Interlocked.Exchange(ref documentReadAtMs, NowMs);
    }

    public void NoteClock(TimeSpan? ahead)
    {
        if (ahead is not { } known) return;
        Interlocked.Exchange(ref clockAheadMs, (long)known.TotalMilliseconds);
        pool.WatchClock();
    }
}

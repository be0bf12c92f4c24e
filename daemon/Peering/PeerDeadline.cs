namespace FedAi.Daemon.Peering;

/// <summary>Cancels when the caller does, or when a peer was silent for too long; tells the two apart.</summary>
internal sealed class PeerDeadline : IDisposable
{
    private readonly TimeSpan limit;
    private readonly CancellationToken caller;
    private readonly CancellationTokenSource timer;
    private readonly CancellationTokenSource linked;

    public PeerDeadline(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        this.limit = limit;
        this.caller = caller;
        timer = new CancellationTokenSource(limit, time);
        linked = CancellationTokenSource.CreateLinkedTokenSource(caller, timer.Token);
    }

    public CancellationToken Token => linked.Token;

    /// <summary>The peer spoke: the time starts anew.</summary>
    public void Restart() => timer.CancelAfter(limit);

    /// <summary>Whether this exception is the deadline's, not the caller's.</summary>
    public bool Expired(Exception exception) => exception is OperationCanceledException && timer.IsCancellationRequested && !caller.IsCancellationRequested;

    public void Dispose()
    {
        linked.Dispose();
        timer.Dispose();
    }
}

namespace FedAi.RelayDiscovery.Connections;

/// <summary>One relay as <c>/status</c> shows it. Counts are since start.</summary>
/// <param name="Failures">Attempts in a row that failed.</param>
/// <param name="Problem">What went wrong last, or null.</param>
/// <param name="Frames">Frames read.</param>
/// <param name="RefusedFrames">Frames that were too long, malformed, or not asked for.</param>
/// <param name="Published">Events the relay took or had already.</param>
/// <param name="RefusedEvents">Events of ours the relay refused.</param>
public sealed record RelayStatus(Uri Relay, RelayState State, int Failures, string? Problem, long Frames, long RefusedFrames, long Published, long RefusedEvents)
{
    /// <summary>Events that came faster than they were read, and were dropped.</summary>
    public long Dropped { get; init; }

    /// <summary>Attempts to connect.</summary>
    public long Attempts { get; init; }

    /// <summary>It refused us for who we are or what it is for; another relay is the better choice.</summary>
    public bool IsDemoted { get; init; }

    /// <summary>The operator named it.</summary>
    public bool IsConfigured { get; init; }

    /// <summary>How long the last successful connecting took, or null when none succeeded.</summary>
    public TimeSpan? ConnectedIn { get; init; }

    /// <summary>How far our clock is ahead of the relay's, or null while unknown.</summary>
    public TimeSpan? ClockAhead { get; init; }

    /// <summary>What the relay says of itself, or null when it says nothing.</summary>
    public Nip11Document? Document { get; init; }
}

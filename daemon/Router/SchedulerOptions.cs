namespace FedAi.Daemon.Router;

/// <summary>How a router chooses among its nodes.</summary>
internal sealed record SchedulerOptions
{
    /// <summary>Seconds after which a silent node is not chosen; nodes speak every 10 s. Default: 30.</summary>
    public int HeartbeatWindowSeconds { get; init; } = 30;

    /// <summary>Seconds for which a node that failed is asked last; twice as long after two failures in a row, at most four times. Default: 10.</summary>
    public int CooldownSeconds { get; init; } = 10;

    /// <summary>Jobs after which the bands of a node's manifest count no more, only what was seen of it; with each job they count less. 0: they never count. Default: 20.</summary>
    public int ManifestDecaySamples { get; init; } = 20;

    /// <summary>Whether the bands of a manifest count only when it also shows the relays that its node found lately, and that fit together. Default: false.</summary>
    public bool RelaySnapshotRequired { get; init; }

    /// <summary>Hours that the relays in a manifest count as found lately, when it is shown or the router starts. Default: 24.</summary>
    public int RelaySnapshotMaxAgeHours { get; init; } = 24;
}

namespace FedAi.Daemon.Router;

/// <summary>How a router chooses among its nodes.</summary>
internal sealed record SchedulerOptions
{
    /// <summary>Jobs after which the bands of a node's manifest count no more, only what was seen of it; with each job they count less. 0: they never count. Default: 20.</summary>
    public int ManifestDecaySamples { get; init; } = 20;
}

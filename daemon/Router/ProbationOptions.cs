namespace FedAi.Daemon.Router;

/// <summary>How a router on probation holds itself back: until it proved itself, a fault of its should reach few.</summary>
internal sealed record ProbationOptions
{
    /// <summary>Requests per second of one key from another machine, in the long run; one more gets 429, and four seconds' worth may come at once. Off probation it is 20. Default: 10.</summary>
    public int RequestsPerSecond { get; init; } = 10;

    /// <summary>Seconds between two looks at whether its nodes are there. Default: 5.</summary>
    public int HealthIntervalSeconds { get; init; } = 5;
}

using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Router;

/// <summary>What a router lets others do. Limits and policies stand in its signed manifest, by which it goes: write that anew after a change.</summary>
internal sealed record RouterOptions
{
    /// <summary>Who may register and ask from other machines.</summary>
    public AdmitOptions Admit { get; init; } = new();

    /// <summary>Requests for answers that it takes in a second, from everybody together and on this machine too; one more gets 429. Default: 0, which is what its benchmark sustained, and 100000 where none was made.</summary>
    public int MaxRequestsPerSecond { get; init; }

    /// <summary>Requests being answered at the same time; one more gets 429. Each takes about 100 KiB. Default: 1024.</summary>
    public int MaxConcurrentJobs { get; init; } = 1024;

    /// <summary>Which policies hold: rate_limit (how often strangers may ask), allowlist (filter.allow). Without one of them, its options do nothing. Default: all.</summary>
    public IReadOnlyList<string> Policies { get; init; } = RouterPolicies.All;

    /// <summary>Seconds between two looks at whether its nodes are there. Default: 30.</summary>
    public int HealthIntervalSeconds { get; init; } = 30;

    /// <summary>What is tighter as long as it is on probation.</summary>
    public ProbationOptions Probation { get; init; } = new();

    /// <summary>What a machine must have to be called capable of a router.</summary>
    public RouterMinimums Minimums { get; init; } = new();
}

namespace FedAi.Daemon.Accounts;

/// <summary>What an API key of /v1 may do that has no limit of its own (<c>fedai apikeys new</c> sets those). A reload applies it at once.</summary>
internal sealed record ApiOptions
{
    /// <summary>Requests per second in the long run; one more gets 429. Default: 5.</summary>
    public int Rps { get; init; } = 5;

    /// <summary>Requests that may come at once after a pause. Default: 10.</summary>
    public int Burst { get; init; } = 10;

    /// <summary>Requests being answered at the same time; one more gets 429. Default: 8.</summary>
    public int Concurrency { get; init; } = 8;
}

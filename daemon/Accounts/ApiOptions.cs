using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Accounts;

/// <summary>What requests to /v1 get that say nothing else, and what an API key may do that has no limit of its own (<c>fedai apikeys new</c> sets those). A reload applies the limits at once.</summary>
internal sealed record ApiOptions
{
    /// <summary>Requests per second in the long run; one more gets 429. Default: 5.</summary>
    public int Rps { get; init; } = 5;

    /// <summary>Requests that may come at once after a pause. Default: 10.</summary>
    public int Burst { get; init; } = 10;

    /// <summary>Requests being answered at the same time; one more gets 429. Default: 8.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>Seconds that the answer of a job (Prefer: respond-async) waits in memory to be fetched. Default: 600.</summary>
    public int PollTtlSeconds { get; init; } = 600;

    /// <summary>
    /// How private a request is without the header x-fedai-privacy: PL0 goes any way there is, also over plain http in a LAN of your own; PL1 needs
    /// TLS on every hop; at a gateway PL2 and PL3 seal it (docs/PRIVACY.md). Default: PL1.
    /// </summary>
    public PrivacyLevel Privacy { get; init; } = PrivacyLevel.PL1;
}

using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>What a node's signed manifest says of its machine, and for how many of its jobs that counts before only what was seen does.</summary>
internal sealed record NodeClaim(CapabilityBands Bands, double MaxPayloadBytes, int DecaySamples)
{
    /// <summary>Why its bands weigh nothing here (<see cref="SnapshotRules"/>); null when they count.</summary>
    public string? Ignored { get; init; }
}

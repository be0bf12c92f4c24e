namespace FedAi.Protocol.Messages;

/// <summary>A reputation stake, without a token.</summary>
public sealed record StakeCommit
{
    public required string StakeId { get; init; }
    public required string ActorId { get; init; }
    public required StakeActorType ActorType { get; init; }
    public required double Units { get; init; }
    public required double CommittedAtMs { get; init; }
    public required double ExpiresAtMs { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

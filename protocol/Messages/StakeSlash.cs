namespace FedAi.Protocol.Messages;

/// <summary>A penalty against a stake.</summary>
public sealed record StakeSlash
{
    public required string SlashId { get; init; }
    public required string StakeId { get; init; }
    public required string ActorId { get; init; }
    public required double Units { get; init; }
    public required string Reason { get; init; }
    public required double Ts { get; init; }
}

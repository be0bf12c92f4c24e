namespace FedAi.Protocol.Messages;

/// <summary>A node's statement about itself.</summary>
public sealed record Attestation
{
    public required string NodeId { get; init; }
    public required string AttestationType { get; init; }
    public required string Evidence { get; init; }
    public required double Ts { get; init; }
}

namespace FedAi.Protocol.Messages;

/// <summary>A router's statement about its build and policy.</summary>
public sealed record RouterAttestation
{
    public string? BuildHash { get; init; }
    public string? PolicyStatement { get; init; }
}

namespace FedAi.Protocol.Messages;

/// <summary>Where and how the winner takes the job.</summary>
public sealed record DataPlaneSession
{
    public string? SessionEndpoint { get; init; }
    public string? KeyAgreement { get; init; }
}

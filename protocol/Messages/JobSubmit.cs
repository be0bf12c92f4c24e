namespace FedAi.Protocol.Messages;

/// <summary>A federated job handed to the winner.</summary>
public sealed record JobSubmit
{
    public required string JobId { get; init; }
    public required RouterJobType JobType { get; init; }
    public required PrivacyLevel PrivacyLevel { get; init; }
    public required string Payload { get; init; }
    public IReadOnlyDictionary<string, string>? ContextMinimisation { get; init; }
    public required string InputHash { get; init; }
    public required double MaxCostMsat { get; init; }
    public required double MaxRuntimeMs { get; init; }
    public required string ReturnEndpoint { get; init; }
}

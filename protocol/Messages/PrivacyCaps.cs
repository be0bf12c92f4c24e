namespace FedAi.Protocol.Messages;

/// <summary>The highest privacy level a router accepts.</summary>
public sealed record PrivacyCaps
{
    public required PrivacyLevel MaxLevel { get; init; }
}

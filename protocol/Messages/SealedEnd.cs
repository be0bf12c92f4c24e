namespace FedAi.Protocol.Messages;

/// <summary>The last frame of a sealed answer: why it ended, which is nobody else's business.</summary>
public sealed record SealedEnd
{
    public required string FinishReason { get; init; }
}

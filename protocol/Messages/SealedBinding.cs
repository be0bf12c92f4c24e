namespace FedAi.Protocol.Messages;

/// <summary>What a sealed request says in clear and cannot be altered in: its canonical form is the ciphertext's associated data (DECISIONS E11).</summary>
public sealed record SealedBinding
{
    public required string RequestId { get; init; }
    public required string ModelId { get; init; }
    public required double MaxTokens { get; init; }
    public required string NodeKeyId { get; init; }
    public required string Kid { get; init; }
}

namespace FedAi.Protocol.Messages;

/// <summary>A key that requests can be sealed to (DECISIONS E11), signed by the node that has its secret. kid names it, publicKey is 32 bytes in base64.</summary>
public sealed record SealKey
{
    public required string Kid { get; init; }
    public required string Suite { get; init; }
    public required string PublicKey { get; init; }
    public required long NotBeforeMs { get; init; }
    public required long ExpiresAtMs { get; init; }
}

namespace FedAi.Protocol.Messages;

/// <summary>What only the executing node can read of a request (DECISIONS E11). v is 1, kid names the node's seal key, enc is the sender's key of one use, ct the ciphertext; both in base64.</summary>
public sealed record SealedPrompt
{
    public required long V { get; init; }
    public required string Kid { get; init; }
    public required string Enc { get; init; }
    public required string Ct { get; init; }
}

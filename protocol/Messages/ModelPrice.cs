namespace FedAi.Protocol.Messages;

/// <summary>What a router asks for one model, in msat per 1,000 tokens: the dearest node it might choose (DECISIONS E14).</summary>
public sealed record ModelPrice
{
    public required string ModelId { get; init; }
    public required long InputMsatPer1K { get; init; }
    public required long OutputMsatPer1K { get; init; }
}

namespace FedAi.Protocol.Messages;

/// <summary>What a node did for one request, signed: tokens, wall time in ms, UTF-8 bytes. promptHash and outputHash follow DECISIONS E3 and E4.</summary>
public sealed record MeteringRecord
{
    public required string RequestId { get; init; }
    public required string NodeId { get; init; }
    public required string ModelId { get; init; }
    public required string PromptHash { get; init; }
    public required double InputTokens { get; init; }
    public required double OutputTokens { get; init; }
    public required double WallTimeMs { get; init; }
    public required double BytesIn { get; init; }
    public required double BytesOut { get; init; }
    public required double Ts { get; init; }
    public string? OutputHash { get; init; }
    public MeteringStatus? Status { get; init; }
    public long? PriceMsat { get; init; }
    public string? ModelHash { get; init; }
    public long? TtftMs { get; init; }
}

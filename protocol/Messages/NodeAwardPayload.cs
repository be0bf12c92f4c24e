namespace FedAi.Protocol.Messages;

/// <summary>The award of a node auction.</summary>
public sealed record NodeAwardPayload
{
    public required string RequestId { get; init; }
    public required string WinnerKeyId { get; init; }
    public double? AcceptedPriceMsat { get; init; }
    public required double AwardExpiryMs { get; init; }
}

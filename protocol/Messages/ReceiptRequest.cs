namespace FedAi.Protocol.Messages;

/// <summary>Asks a router for the proof that the record of a request is under a root it announced (POST /receipt).</summary>
public sealed record ReceiptRequest
{
    public required string RequestId { get; init; }
}

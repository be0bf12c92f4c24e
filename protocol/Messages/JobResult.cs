namespace FedAi.Protocol.Messages;

/// <summary>The result of a federated job.</summary>
public sealed record JobResult
{
    public required string JobId { get; init; }
    public required string ResultPayload { get; init; }
    public required string OutputHash { get; init; }
    public required JobUsage Usage { get; init; }
    public required JobStatus ResultStatus { get; init; }
    public string? ErrorCode { get; init; }
    public required RouterReceipt Receipt { get; init; }
}

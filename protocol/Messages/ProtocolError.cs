namespace FedAi.Protocol.Messages;

/// <summary>An error as a payload.</summary>
public sealed record ProtocolError
{
    public required string Code { get; init; }
    public required string Message { get; init; }
    public bool? Retryable { get; init; }
    public IReadOnlyDictionary<string, string>? Details { get; init; }
}

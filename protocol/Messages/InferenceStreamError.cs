namespace FedAi.Protocol.Messages;

/// <summary>A stream that failed (SSE event <c>error</c>); error is an <see cref="ErrorCode"/> on the wire.</summary>
public sealed record InferenceStreamError
{
    public required string Error { get; init; }
    public IReadOnlyList<string>? Details { get; init; }
    /// <summary>Beside <c>seal-key-expired</c>: the key to seal to instead.</summary>
    public NodeSealKey? Node { get; init; }
    /// <summary>Beside <c>model-loading</c>: how far it is.</summary>
    public LoadProgress? Loading { get; init; }
}

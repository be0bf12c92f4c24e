using System.Text.Json;

namespace FedAi.Protocol.Messages;

/// <summary>End of a stream (SSE event <c>final</c>) and body of a plain answer: both envelopes signed by the node, passed on untouched.</summary>
public sealed record InferenceStreamFinal
{
    /// <summary>A signed envelope of <see cref="InferenceResponse"/>, kept as it arrived so that its signature still holds.</summary>
    public required JsonElement Response { get; init; }
    /// <summary>A signed envelope of <see cref="MeteringRecord"/>, kept as it arrived so that its signature still holds.</summary>
    public required JsonElement Metering { get; init; }
    /// <summary>The node's seal key for the next request (DECISIONS E11).</summary>
    public NodeSealKey? Node { get; init; }
}

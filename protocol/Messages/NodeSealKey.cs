using System.Text.Json;

namespace FedAi.Protocol.Messages;

/// <summary>A node and its present seal key, in quotes, finals and refusals (DECISIONS E11); routers pass it on untouched.</summary>
public sealed record NodeSealKey
{
    public required string KeyId { get; init; }
    /// <summary>A signed envelope of <see cref="Messages.SealKey"/>, kept as it arrived so that its signature still holds.</summary>
    public required JsonElement SealKey { get; init; }
}

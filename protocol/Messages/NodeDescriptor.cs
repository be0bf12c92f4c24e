using System.Text.Json;

namespace FedAi.Protocol.Messages;

/// <summary>What a node tells its router on registration and as heartbeat (POST /register-node). nodeId is free text bound to the first key that registered it (DECISIONS E6); trustScore is a claim and weighs nothing.</summary>
public sealed record NodeDescriptor
{
    public required string NodeId { get; init; }
    public required string KeyId { get; init; }
    public required string Endpoint { get; init; }
    public string? Region { get; init; }
    public required NodeCapacity Capacity { get; init; }
    public required IReadOnlyList<Capability> Capabilities { get; init; }
    public double? TrustScore { get; init; }
    public double? LastHeartbeatMs { get; init; }
    public IReadOnlyList<string>? Features { get; init; }
    public string? Network { get; init; }
    /// <summary>A signed envelope of <see cref="Messages.SealKey"/>, which routers put into quotes untouched (DECISIONS E11).</summary>
    public JsonElement? SealKey { get; init; }
    public IReadOnlyList<string>? TlsSpki { get; init; }
}

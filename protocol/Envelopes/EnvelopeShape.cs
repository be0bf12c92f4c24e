using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedAi.Protocol.Envelopes;

/// <summary>The five members of an envelope and no other (WIRE 3.1); only the schema for <see cref="EnvelopeSealer"/>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EnvelopeShape
{
    /// <summary>Must be there too; existing software reports its absence in words of its own.</summary>
    public JsonElement? Payload { get; init; }
    public required string Nonce { get; init; }
    public required double Ts { get; init; }
    public required string KeyId { get; init; }
    public required string Sig { get; init; }
}

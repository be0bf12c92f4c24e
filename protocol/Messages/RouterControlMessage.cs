using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>A signed message between routers (WIRE 3.1): exactly these members. timestamp and expiry in ms; the payload's type goes with <see cref="Type"/>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RouterControlMessage
{
    public required ControlMessageType Type { get; init; }
    public required string Version { get; init; }
    public required string RouterId { get; init; }
    public required string MessageId { get; init; }
    public required double Timestamp { get; init; }
    public required double Expiry { get; init; }
    public required JsonElement Payload { get; init; }
    public required string Sig { get; init; }
    public string? PrevMessageId { get; init; }
}

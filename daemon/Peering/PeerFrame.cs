using System.Text.Json;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>One SSE event of an inference stream (WIRE 3.5): exactly one member is set; none for an event to skip.</summary>
internal readonly record struct PeerFrame(InferenceStreamChunk? Chunk = null, InferenceStreamFinal? Final = null, Refusal? Refusal = null)
{
    private static readonly Refusal NotJson = new(ErrorCode.StreamInvalidJson, "The peer's stream does not hold the JSON it should.");

    public static PeerFrame Parse(string eventType, ReadOnlySpan<byte> data)
    {
        try
        {
            return eventType switch
            {
                "chunk" => Chunks(JsonSerializer.Deserialize(data, ProtocolJson.Default.InferenceStreamChunk)),
                "final" => Finals(JsonSerializer.Deserialize(data, ProtocolJson.Default.InferenceStreamFinal)),
                "error" => new PeerFrame(Refusal: PeerRefusal.Parse(data, ErrorCode.NodeError)),
                _ => default,
            };
        }
        catch (JsonException)
        {
            return new PeerFrame(Refusal: NotJson);
        }
    }

    private static PeerFrame Chunks(InferenceStreamChunk? chunk) =>
        chunk is { Delta: not null, RequestId: not null } ? new PeerFrame(Chunk: chunk) : new PeerFrame(Refusal: NotJson);

    private static PeerFrame Finals(InferenceStreamFinal? final) =>
        final is not null ? new PeerFrame(Final: final) : new PeerFrame(Refusal: NotJson);
}

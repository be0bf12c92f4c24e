using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Reads a peer's <c>{"error":code,…}</c>. A code of the closed list is taken over; anything else becomes the given code,
/// because a stranger's text is not passed on: it could quote the prompt.
/// </summary>
internal static class PeerRefusal
{
    public static Refusal Parse(ReadOnlySpan<byte> json, ErrorCode otherwise, int? retryAfterSeconds = null)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1) continue;
                if (!reader.ValueTextEquals("error"u8)) { reader.Skip(); continue; }
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && ErrorCodes.TryParse(reader.GetString(), out var code))
                    return new Refusal(code, RetryAfterSeconds: retryAfterSeconds);
                break;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string that is no text: the peer said nothing we understand.
        }

        return new Refusal(otherwise, "The peer failed without a reason this version knows.", RetryAfterSeconds: retryAfterSeconds);
    }
}

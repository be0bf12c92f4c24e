using System.Security.Authentication;
using System.Text.Json;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Reads a peer's <c>{"error":code,…}</c>. A code of the closed list is taken over; anything else becomes the given code,
/// because a stranger's text is not passed on: it could quote the prompt.
/// </summary>
internal static class PeerRefusal
{
    /// <summary>A refusal is one line of JSON; what a peer sends beyond this is not read.</summary>
    private const int MaxBytes = 4096;

    /// <summary>Whoever says that it takes longer than a day does not know.</summary>
    private const long MaxEtaMs = 24 * 3600 * 1000;

    /// <summary>Reads the body of a bad answer.</summary>
    public static async Task<Refusal> ReadAsync(HttpResponseMessage answer, ErrorCode otherwise, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes];
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var retryAfter = answer.Headers.RetryAfter?.Delta is { TotalSeconds: > 0 and < 3600 } delta ? (int?)Math.Ceiling(delta.TotalSeconds) : null;
        return Parse(buffer.AsSpan(0, length), otherwise, retryAfter);
    }

    /// <summary>Why no connection came about: an address that is not allowed, a certificate that is not the peer's, or just nobody there.</summary>
    public static Refusal Unreachable(Exception exception, ErrorCode code, string hint) =>
        exception is BlockedAddressException || exception.InnerException is BlockedAddressException ? AddressPolicy.Blocked
        : exception is AuthenticationException || exception.InnerException is AuthenticationException
            ? new Refusal(code, "The peer's certificate is not the one it announced, or no authority vouches for it; a peer with http.tls.mode pinned must be known by its announcement, or by its key hash in node.routers.")
        : new Refusal(code, hint);

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
                    return new Refusal(code, RetryAfterSeconds: retryAfterSeconds, Node: code == ErrorCode.SealKeyExpired ? NodeKey(json) : null, Loading: code == ErrorCode.ModelLoading ? Loading(json) : null);
                break;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string that is no text: the peer said nothing we understand.
        }

        return new Refusal(otherwise, "The peer failed without a reason this version knows.", RetryAfterSeconds: retryAfterSeconds);
    }

    /// <summary>The key to seal to instead; whether it is the node's own is for the one who seals to see.</summary>
    private static NodeSealKey? NodeKey(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ProtocolJson.Default.InferenceStreamError)?.Node is { KeyId: not null } node ? node : null;

    /// <summary>How far a model is; numbers that make no sense are left out.</summary>
    private static LoadProgress? Loading(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ProtocolJson.Default.InferenceStreamError)?.Loading is { Percent: >= 0 and <= 100 } loading
            ? loading.EtaMs is >= 0 and <= MaxEtaMs ? loading : loading with { EtaMs = null }
            : null;
}

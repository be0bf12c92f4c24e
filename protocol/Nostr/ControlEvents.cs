using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;

namespace FedAi.Protocol.Nostr;

/// <summary>Control messages to events and back. Stricter than the existing implementation: kind and type must agree, <c>exp</c> is decimal.</summary>
public static class ControlEvents
{
    /// <summary>Longest content, in bytes: what the existing implementation means to accept (WIRE 3.8), and below every public relay's limit.</summary>
    public const int MaxContentBytes = 16_384;

    private const int MaxExpiryDigits = 15;

    /// <summary>Reads a message from an event. It checks neither signature nor expiry: the caller does both, in the order that is cheapest.</summary>
    public static bool TryParse(NostrEvent source, [NotNullWhen(true)] out ControlEvent? message, out ControlEventProblem problem)
    {
        message = null;
        if (FedAiKinds.TypeOf(source.Kind) is not { } type || (source.TagValue("t") ?? FedAiKinds.TagOf(type)) != FedAiKinds.TagOf(type))
            problem = ControlEventProblem.UnsupportedKind;
        else if (!TryReadExpiry(source.TagValue("exp"), out var expiryMs))
            problem = ControlEventProblem.MissingExpiry;
        else if ((source.TagValue("v") ?? ControlMessages.Version) != ControlMessages.Version)
            problem = ControlEventProblem.UnsupportedVersion;
        else if (source.ReadContent() is var payload && payload.Length > MaxContentBytes)
            problem = ControlEventProblem.TooLarge;
        else if (!IsJson(payload))
            problem = ControlEventProblem.InvalidPayload;
        else
        {
            problem = ControlEventProblem.None;
            message = new ControlEvent
            {
                Type = type,
                MessageId = source.TagValue("msg") ?? source.Id.ToString(),
                TimestampMs = source.CreatedAt * 1000,
                ExpiryMs = expiryMs,
                Payload = payload,
                Network = source.TagValue("n"),
                Address = source.TagValue("d"),
            };
        }

        return message is not null;
    }

    /// <summary>Signs a message as an event. Relays may drop it after <paramref name="expirationSeconds"/> (NIP-40), by default when it expires.</summary>
    public static NostrEvent Sign(KeyPair key, ControlEvent message, long? expirationSeconds = null)
    {
        List<IReadOnlyList<string>> tags = [];
        if (message.Address is { } address) tags.Add(["d", address]);
        if (message.Network is { } network) tags.Add(["n", network]);
        tags.Add(["t", FedAiKinds.TagOf(message.Type)]);
        tags.Add(["v", ControlMessages.Version]);
        tags.Add(["msg", message.MessageId]);
        tags.Add(["exp", message.ExpiryMs.ToString(CultureInfo.InvariantCulture)]);
        var expiration = expirationSeconds ?? (message.ExpiryMs + 999) / 1000;
        tags.Add(["expiration", expiration.ToString(CultureInfo.InvariantCulture)]);
        return NostrEvent.Sign(key, FedAiKinds.KindOf(message.Type), message.TimestampMs / 1000, tags, Encoding.UTF8.GetString(message.Payload.Span));
    }

    private static bool TryReadExpiry(string? text, out long expiryMs)
    {
        expiryMs = 0;
        return text is { Length: <= MaxExpiryDigits } && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out expiryMs);
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            reader.Read();
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

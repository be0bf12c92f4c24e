using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Nostr;

/// <summary>A router control message as it travels in an event (WIRE 3.8, DECISIONS E14). Who says it is the event's author.</summary>
public sealed record ControlEvent
{
    public required ControlMessageType Type { get; init; }

    /// <summary>The sender's name for this message, or the event's id where the sender gave none.</summary>
    public required string MessageId { get; init; }

    /// <summary>Milliseconds since 1970; events carry whole seconds.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>Milliseconds since 1970; after it nobody may rely on the message.</summary>
    public required long ExpiryMs { get; init; }

    /// <summary>UTF-8 JSON as it arrived; its shape is not checked yet.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The network from tag <c>n</c>; null from peers that know no networks.</summary>
    public string? Network { get; init; }

    /// <summary>The <c>d</c> tag: which announcement this one replaces; null from peers that send none.</summary>
    public string? Address { get; init; }

    /// <summary>Reads the payload as a wire record; unknown members are ignored, anything missing or misshapen makes it null.</summary>
    public T? Read<T>(JsonTypeInfo<T> type) where T : class
    {
        try
        {
            // Halves of characters, which only escapes can write, are for the canonical form to mend; the usual text has none.
            if (Payload.Span.IndexOf("\\u"u8) < 0) return Read(Payload, type);
            return CanonicalJson.Of(Payload.Span) is { } canonical ? Read(CanonicalJson.WithoutLoneSurrogates(canonical), type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Of a member that stands twice the last one counts, for the check of the shape as for the reading.</summary>
    private static T? Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type) where T : class
    {
        using var document = JsonDocument.Parse(json);
        return JsonShape.Problems(document.RootElement, type).Count == 0 ? JsonSerializer.Deserialize(json.Span, type) : null;
    }
}

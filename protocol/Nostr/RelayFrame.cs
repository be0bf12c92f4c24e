using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace FedAi.Protocol.Nostr;

/// <summary>One message from a relay to a client. Events in it are read, not yet verified.</summary>
public sealed record RelayFrame
{
    /// <summary>Type and subscription stand here, whose names have 64 characters at most.</summary>
    private const int HeadBytes = 512;

    public required RelayFrameType Type { get; init; }

    /// <summary>The subscription that EVENT, EOSE and CLOSED speak of.</summary>
    public string Subscription { get; init; } = "";

    /// <summary>The event that an OK speaks of.</summary>
    public Hex32 EventId { get; init; }

    /// <summary>What an OK says.</summary>
    public bool Accepted { get; init; }

    /// <summary>The text of OK, CLOSED and NOTICE, or the challenge of AUTH. A stranger's words: never act on more than the prefix.</summary>
    public string Message { get; init; } = "";

    public NostrEvent? Event { get; init; }

    /// <summary>Reads one frame; false when it is longer than allowed, malformed or of a type NIP-01 does not know. The event keeps the bytes.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> frame, int maxBytes, [NotNullWhen(true)] out RelayFrame? result)
    {
        result = null;
        if (frame.Length > maxBytes || !Utf8.IsValid(frame.Span)) return false;
        try
        {
            var reader = new Utf8JsonReader(frame.Span);
            result = Read(ref reader, frame);
            return result is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Of which subscription an EVENT frame claims to be, by its first bytes; null when those are no such frame's.</summary>
    public static string? SubscriptionOf(ReadOnlySpan<byte> frame)
    {
        try
        {
            var reader = new Utf8JsonReader(frame[..Math.Min(frame.Length, HeadBytes)], isFinalBlock: false, default);
            return NostrFrames.TryReadHead(ref reader, out var type) && type == "EVENT" && NostrFrames.TryReadText(ref reader, out var id) ? id : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public static byte[] WriteEvent(string subscription, NostrEvent value) => NostrFrames.Write("EVENT", writer =>
    {
        writer.WriteStringValue(subscription);
        NostrFrames.WriteEvent(writer, value);
    });

    public static byte[] WriteOk(Hex32 eventId, bool accepted, string message) => NostrFrames.Write("OK", writer =>
    {
        writer.WriteStringValue(eventId.ToString());
        writer.WriteBooleanValue(accepted);
        writer.WriteStringValue(message);
    });

    public static byte[] WriteEose(string subscription) => NostrFrames.Write("EOSE", writer => writer.WriteStringValue(subscription));

    public static byte[] WriteClosed(string subscription, string message) => NostrFrames.Write("CLOSED", writer =>
    {
        writer.WriteStringValue(subscription);
        writer.WriteStringValue(message);
    });

    public static byte[] WriteNotice(string message) => NostrFrames.Write("NOTICE", writer => writer.WriteStringValue(message));

    private static RelayFrame? Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> frame)
    {
        if (!NostrFrames.TryReadHead(ref reader, out var type)) return null;
        RelayFrame? read = type switch
        {
            "EVENT" when NostrFrames.TryReadText(ref reader, out var id) && NostrFrames.TryReadEvent(ref reader, frame, out var value)
                => new RelayFrame { Type = RelayFrameType.Event, Subscription = id, Event = value },
            "OK" when NostrFrames.TryReadText(ref reader, out var id) && Hex32.TryParse(id, out var eventId)
                && NostrFrames.TryReadBoolean(ref reader, out var accepted) && NostrFrames.TryReadText(ref reader, out var message)
                => new RelayFrame { Type = RelayFrameType.Ok, EventId = eventId, Accepted = accepted, Message = message },
            "EOSE" when NostrFrames.TryReadText(ref reader, out var id)
                => new RelayFrame { Type = RelayFrameType.Eose, Subscription = id },
            "CLOSED" when NostrFrames.TryReadText(ref reader, out var id) && NostrFrames.TryReadText(ref reader, out var message)
                => new RelayFrame { Type = RelayFrameType.Closed, Subscription = id, Message = message },
            "NOTICE" when NostrFrames.TryReadText(ref reader, out var message)
                => new RelayFrame { Type = RelayFrameType.Notice, Message = message },
            "AUTH" when NostrFrames.TryReadText(ref reader, out var challenge)
                => new RelayFrame { Type = RelayFrameType.Auth, Message = challenge },
            _ => null,
        };
        return read is not null && NostrFrames.IsAtEnd(ref reader) ? read : null;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace FedAi.Protocol.Nostr;

/// <summary>One message from a client to a relay. Events in it are read, not yet verified.</summary>
public sealed record ClientFrame
{
    public required ClientFrameType Type { get; init; }

    /// <summary>The subscription that REQ opens and CLOSE ends.</summary>
    public string Subscription { get; init; } = "";

    /// <summary>What REQ asks for; null when a filter is malformed or has a member that NIP-01 does not know.</summary>
    public IReadOnlyList<NostrFilter>? Filters { get; init; }

    /// <summary>What EVENT brings; null when it is malformed.</summary>
    public NostrEvent? Event { get; init; }

    /// <summary>Reads one frame; false when it is longer than allowed, not JSON or of an unknown type. The event keeps the bytes.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> frame, int maxBytes, [NotNullWhen(true)] out ClientFrame? result)
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

    public static byte[] WriteEvent(NostrEvent value) => NostrFrames.Write("EVENT", writer => NostrFrames.WriteEvent(writer, value));

    public static byte[] WriteReq(string subscription, IReadOnlyList<NostrFilter> filters) => NostrFrames.Write("REQ", writer =>
    {
        writer.WriteStringValue(subscription);
        foreach (var filter in filters) filter.Write(writer);
    });

    /// <summary>The proof of key that a relay asked for (NIP-42).</summary>
    public static byte[] WriteAuth(NostrEvent proof) => NostrFrames.Write("AUTH", writer => NostrFrames.WriteEvent(writer, proof));

    public static byte[] WriteClose(string subscription) => NostrFrames.Write("CLOSE", writer => writer.WriteStringValue(subscription));

    private static ClientFrame? Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> frame)
    {
        if (!NostrFrames.TryReadHead(ref reader, out var type)) return null;
        switch (type)
        {
            case "EVENT":
                var read = NostrFrames.TryReadEvent(ref reader, frame, out var value) && NostrFrames.IsAtEnd(ref reader);
                return new ClientFrame { Type = ClientFrameType.Event, Event = read ? value : null };
            case "REQ" when NostrFrames.TryReadText(ref reader, out var subscription):
                return new ClientFrame { Type = ClientFrameType.Req, Subscription = subscription, Filters = ReadFilters(ref reader) };
            case "CLOSE" when NostrFrames.TryReadText(ref reader, out var subscription) && NostrFrames.IsAtEnd(ref reader):
                return new ClientFrame { Type = ClientFrameType.Close, Subscription = subscription };
            default:
                return null;
        }
    }

    private static List<NostrFilter>? ReadFilters(ref Utf8JsonReader reader)
    {
        var filters = new List<NostrFilter>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (!NostrFilter.TryRead(ref reader, out var filter)) return null;
            filters.Add(filter);
        }

        return filters.Count > 0 && !reader.Read() ? filters : null;
    }
}

using System.Text;
using System.Text.Json;
using FedAi.Protocol.Json;

namespace FedAi.Runners.Roles;

/// <summary>JSON in what a model wrote: all of the text, in a code fence, or somewhere between its words.</summary>
internal static class FoundJson
{
    /// <summary>Each place that might begin a value costs a walk through the text.</summary>
    private const int MaxTries = 16;

    /// <summary>The text as one value; null when it is something else.</summary>
    public static JsonElement? Whole(string text)
    {
        if (CanonicalJson.Of(Encoding.UTF8.GetBytes(text)) is not { } canonical) return null;
        using var document = CanonicalJson.ToDocument(canonical);
        return document.RootElement.Clone();
    }

    /// <summary>The first object or array in it; null when there is none.</summary>
    public static JsonElement? First(string text)
    {
        if (Whole(text.Trim('\ufeff', ' ', '\n', '\r', '\t')) is { } whole) return whole;
        var utf8 = Encoding.UTF8.GetBytes(text);
        var from = 0;
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var start = utf8.AsSpan(from).IndexOfAny((byte)'{', (byte)'[');
            if (start < 0) return null;
            from += start;
            if (ValueAt(utf8.AsSpan(from)) is { } value) return value;
            from++;
        }

        return null;
    }

    private static JsonElement? ValueAt(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, isFinalBlock: false, default);
            reader.Read();
            if (!reader.TrySkip()) return null;
            return CanonicalJson.Of(utf8[..(int)reader.BytesConsumed]) is { } canonical ? Parsed(canonical) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement Parsed(byte[] canonical)
    {
        using var document = CanonicalJson.ToDocument(canonical);
        return document.RootElement.Clone();
    }
}

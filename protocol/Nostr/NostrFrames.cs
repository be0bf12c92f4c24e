using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FedAi.Protocol.Nostr;

/// <summary>The JSON arrays that both sides of a relay connection exchange: <c>["TYPE", …]</c>.</summary>
internal static class NostrFrames
{
    // Frames are read by machines; quotes in content would double in size with the default encoder.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    internal static byte[] Write(string type, Action<Utf8JsonWriter> writeRest)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, Compact))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(type);
            writeRest(writer);
            writer.WriteEndArray();
        }

        return output.WrittenSpan.ToArray();
    }

    internal static void WriteEvent(Utf8JsonWriter writer, NostrEvent value)
    {
        var json = new ArrayBufferWriter<byte>(value.RetainedBytes);
        value.WriteTo(json);
        writer.WriteRawValue(json.WrittenSpan, skipInputValidation: true);
    }

    internal static bool TryReadHead(ref Utf8JsonReader reader, out string type)
    {
        type = "";
        return reader.Read() && reader.TokenType is JsonTokenType.StartArray && TryReadText(ref reader, out type);
    }

    internal static bool TryReadText(ref Utf8JsonReader reader, out string text)
    {
        text = "";
        if (!reader.Read() || reader.TokenType is not JsonTokenType.String || !NostrText.IsWhole(ref reader)) return false;
        text = reader.GetString()!;
        return true;
    }

    internal static bool TryReadBoolean(ref Utf8JsonReader reader, out bool value)
    {
        value = reader.Read() && reader.TokenType is JsonTokenType.True;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
    }

    internal static bool TryReadEvent(ref Utf8JsonReader reader, ReadOnlyMemory<byte> frame, [NotNullWhen(true)] out NostrEvent? value)
    {
        value = null;
        return reader.Read() && NostrEvent.TryRead(ref reader, frame, out value);
    }

    internal static bool IsAtEnd(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType is JsonTokenType.EndArray && !reader.Read();
}

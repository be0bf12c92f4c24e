using System.Text.Json;

namespace FedAi.Runners.Llama.Pipe;

/// <summary>Reads one line from fedai-llama, which counts as hostile: it has read a stranger's model.</summary>
internal static class EventReader
{
    public static bool TryRead(ReadOnlySpan<byte> line, out HostEvent @event)
    {
        @event = default;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            HostEventKind? kind = null;
            var read = new HostEvent(-1, default);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("id"u8)) read = read with { Id = Next(ref reader).GetInt64() };
                else if (reader.ValueTextEquals("ev"u8)) kind = KindOf(Next(ref reader));
                else if (reader.ValueTextEquals("text"u8)) read = read with { Text = Next(ref reader).GetString() ?? "" };
                else if (reader.ValueTextEquals("n"u8)) read = read with { Count = Next(ref reader).GetInt32() };
                else if (reader.ValueTextEquals("out"u8)) read = read with { OutputTokens = Next(ref reader).GetInt32() };
                else if (reader.ValueTextEquals("cached"u8)) read = read with { CachedTokens = Next(ref reader).GetInt32() };
                else if (reader.ValueTextEquals("embeds"u8)) read = read with { EmbedsOnly = Next(ref reader).GetBoolean() };
                else if (reader.ValueTextEquals("gpu"u8)) read = read with { GpuLayers = Next(ref reader).GetInt32() };
                else if (reader.ValueTextEquals("tools"u8)) read = read with { Tools = Next(ref reader).GetString() };
                else if (reader.ValueTextEquals("hint"u8)) read = read with { Hint = Next(ref reader).GetString() };
                else if (reader.ValueTextEquals("locked"u8)) read = read with { Locked = Next(ref reader).GetBoolean() };
                else return false;
            }
            if (kind is null || reader.TokenType != JsonTokenType.EndObject || read.Count < 0 || read.OutputTokens < 0 || read.CachedTokens < 0 || read.GpuLayers < 0) return false;
            @event = read with { Kind = kind.Value };
            return !reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static ref Utf8JsonReader Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return ref reader;
    }

    private static HostEventKind? KindOf(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("token"u8) ? HostEventKind.Token
        : reader.ValueTextEquals("vector"u8) ? HostEventKind.Vector
        : reader.ValueTextEquals("started"u8) ? HostEventKind.Started
        : reader.ValueTextEquals("final"u8) ? HostEventKind.Final
        : reader.ValueTextEquals("error"u8) ? HostEventKind.Error
        : reader.ValueTextEquals("busy"u8) ? HostEventKind.Busy
        : reader.ValueTextEquals("loading"u8) ? HostEventKind.Loading
        : reader.ValueTextEquals("ready"u8) ? HostEventKind.Ready
        : null;
}

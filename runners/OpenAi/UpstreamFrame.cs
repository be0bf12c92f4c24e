using System.Text.Json;

namespace FedAi.Runners.OpenAi;

/// <summary>One event of a stream: a chunk, the mark of its end, or (neither) what is no JSON.</summary>
internal readonly record struct UpstreamFrame(UpstreamChunk? Chunk, bool Done)
{
    public static UpstreamFrame Parse(string _, ReadOnlySpan<byte> data)
    {
        if (data.Trim((byte)' ').SequenceEqual("[DONE]"u8)) return new UpstreamFrame(null, Done: true);
        try
        {
            return new UpstreamFrame(JsonSerializer.Deserialize(data, OpenAiJson.Default.UpstreamChunk), Done: false);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

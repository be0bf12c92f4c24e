using System.Text;
using System.Text.Json;
using FedAi.Runners;

namespace FedAi.Daemon.OpenAi;

/// <summary>Waits for the end of an answer that is sent as one (<c>stream:false</c>), and writes what all of them have in common.</summary>
internal static class WholeAnswer
{
    /// <summary>A failure at any time is a plain error, as nothing has been sent.</summary>
    public static async Task<OpenAiResult> CollectAsync(OpenAiCall call, IAsyncEnumerable<InferenceEvent> events)
    {
        var text = new StringBuilder();
        await foreach (var step in events)
        {
            switch (step)
            {
                case InferenceDelta delta:
                    text.Append(delta.Text);
                    break;

                case InferenceFailure failure:
                    return OpenAiResult.Failed(OpenAiErrors.From(failure.Refusal, prompt: call.Operation.Prompt));

                case InferenceEnd end:
                    return call.Operation.Write(call, text.ToString(), end);
            }
        }

        throw new InvalidOperationException("The backend ended without saying how.");
    }

    /// <summary>The members that an answer and every chunk begin with.</summary>
    public static void WriteHead(Utf8JsonWriter json, OpenAiCall call, ReadOnlySpan<byte> kind)
    {
        json.WriteString("id"u8, call.Id);
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, call.Created);
        json.WriteString("model"u8, call.Request.ModelId);
    }

    /// <summary>The member <c>usage</c>.</summary>
    public static void WriteUsage(Utf8JsonWriter json, InferenceEnd end)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, end.InputTokens);
        json.WriteNumber("completion_tokens"u8, end.OutputTokens);
        json.WriteNumber("total_tokens"u8, end.InputTokens + end.OutputTokens);
        if (end.CachedTokens > 0)
        {
            json.WriteStartObject("prompt_tokens_details"u8);
            json.WriteNumber("cached_tokens"u8, end.CachedTokens);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>The member <c>fedai</c>: under which id GET /v1/fedai/requests/{id} gives the proof (DECISIONS E5).</summary>
    public static void WriteProofId(Utf8JsonWriter json, string requestId)
    {
        json.WriteStartObject("fedai"u8);
        json.WriteString("requestId"u8, requestId);
        json.WriteEndObject();
    }
}

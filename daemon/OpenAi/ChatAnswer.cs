using System.Text;
using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.Daemon.OpenAi;

/// <summary>Writes a whole chat completion (<c>stream:false</c>).</summary>
internal static class ChatAnswer
{
    /// <summary>Stands before the request id in a completion's id.</summary>
    public const string IdPrefix = "chatcmpl-";

    /// <summary>Waits for the end; a failure at any time is a plain HTTP error, as nothing has been sent.</summary>
    public static async Task WriteAsync(HttpResponse response, ChatCall call, long created, IAsyncEnumerable<InferenceEvent> events)
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
                    await OpenAiAnswer.RefuseAsync(response, OpenAiErrors.From(failure.Refusal));
                    return;

                case InferenceEnd end:
                    await OpenAiAnswer.WriteAsync(response, json => Write(json, call, created, text.ToString(), end));
                    return;
            }
        }

        throw new InvalidOperationException("The backend ended without saying how.");
    }

    /// <summary>The member <c>usage</c>.</summary>
    public static void WriteUsage(Utf8JsonWriter json, InferenceEnd end)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, end.InputTokens);
        json.WriteNumber("completion_tokens"u8, end.OutputTokens);
        json.WriteNumber("total_tokens"u8, end.InputTokens + end.OutputTokens);
        json.WriteEndObject();
    }

    /// <summary>The member <c>fedai</c>: under which id GET /v1/fedai/requests/{id} gives the proof (DECISIONS E5).</summary>
    public static void WriteProofId(Utf8JsonWriter json, string requestId)
    {
        json.WriteStartObject("fedai"u8);
        json.WriteString("requestId"u8, requestId);
        json.WriteEndObject();
    }

    /// <summary>The members that an answer and every chunk begin with.</summary>
    public static void WriteHead(Utf8JsonWriter json, InferenceRequest request, ReadOnlySpan<byte> kind, long created)
    {
        json.WriteString("id"u8, IdPrefix + request.RequestId);
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, created);
        json.WriteString("model"u8, request.ModelId);
    }

    private static void Write(Utf8JsonWriter json, ChatCall call, long created, string text, InferenceEnd end)
    {
        WriteHead(json, call.Request, "chat.completion"u8, created);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, text);
        json.WriteNull("refusal"u8);
        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, end.FinishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json, end);
        WriteProofId(json, call.Request.RequestId);
    }
}

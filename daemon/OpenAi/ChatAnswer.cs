using FedAi.Runners;

namespace FedAi.Daemon.OpenAi;

/// <summary>Writes a whole chat completion.</summary>
internal static class ChatAnswer
{
    public static OpenAiResult Write(OpenAiCall call, string text, InferenceEnd end) => new(OpenAiAnswer.ToJson(json =>
    {
        WholeAnswer.WriteHead(json, call, "chat.completion"u8);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        // Who only calls tools says nothing.
        if (end.ToolCalls is not null && text.Length == 0) json.WriteNull("content"u8);
        else json.WriteString("content"u8, text);
        json.WriteNull("refusal"u8);
        if (end.ToolCalls is { } calls) OpenAiToolCalls.Write(json, call.OneToolCall ? calls.Take(1) : calls);
        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, end.FinishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        WholeAnswer.WriteUsage(json, end);
        WholeAnswer.WriteProofId(json, call.Request.RequestId);
    }));
}

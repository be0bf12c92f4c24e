using FedAi.Runners;

namespace FedAi.Daemon.OpenAi;

/// <summary>Writes a whole text completion.</summary>
internal static class CompletionAnswer
{
    public static OpenAiResult Write(OpenAiCall call, string text, InferenceEnd end) => new(OpenAiAnswer.ToJson(json =>
    {
        WholeAnswer.WriteHead(json, call, "text_completion"u8);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteString("text"u8, text);
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, end.FinishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        WholeAnswer.WriteUsage(json, end);
        WholeAnswer.WriteProofId(json, call.Request.RequestId);
    }));
}

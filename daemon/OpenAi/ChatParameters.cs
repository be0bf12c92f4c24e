using System.Text.Json;
using FedAi.Protocol.Rules;
using static FedAi.Daemon.OpenAi.BodyParameter;

namespace FedAi.Daemon.OpenAi;

/// <summary>The body of POST /v1/chat/completions.</summary>
internal static class ChatParameters
{
    public static IReadOnlyList<BodyParameter> All { get; } =
    [
        .. SamplingParameters.All,
        Honoured("messages", """{"type":"array","minItems":1,"maxItems":4096,"items":{"$ref":"#/components/schemas/Message"}}""", "The conversation so far: system, developer, user, assistant and tool messages; contents are text.",
            (draft, value, reader) => draft.Request = draft.Request with { Messages = OpenAiMessages.Read(value, reader) }) with { Required = true },
        SamplingParameters.Limit("max_completion_tokens", newer: true),
        Honoured("tools", """{"type":["array","null"],"maxItems":128,"items":{"$ref":"#/components/schemas/Tool"}}""", "Functions that the model may call; each at most 64 KiB of JSON, nested at most 32 levels.",
            (draft, value, _) => draft.Request = draft.Request with { Tools = IsNothing(value) ? null : value.Clone() }),
        Honoured("tool_choice", """{"oneOf":[{"enum":["none","auto","required",null]},{"$ref":"#/components/schemas/NamedTool"}]}""", "Whether it must call one, or which.",
            (draft, value, _) => draft.Request = draft.Request with { ToolChoice = value.ValueKind == JsonValueKind.Null ? null : value.Clone() }),
        Honoured("parallel_tool_calls", """{"type":["boolean","null"]}""", "With false the answer has one tool call at most.", (draft, value, reader) => draft.OneToolCall = reader.Flag(value, "parallel_tool_calls") == false),
        Honoured("response_format", """{"$ref":"#/components/schemas/ResponseFormat"}""", "Text, any JSON object, or JSON of a schema (at most 64 KiB, nested at most 32 levels); its members come in the schema's order.",
            (draft, value, _) => draft.Request = draft.Request with { ResponseFormat = value.ValueKind == JsonValueKind.Null || IsText(value) ? null : value.Clone() }),
        WithoutEffect("reasoning_effort", "Models here think as long as their template says."),
        WithoutEffect("modalities", "Answers are text.", "[\"text\"]"),
        WithoutEffect("verbosity", "Models here write as much as the messages ask for."),
        Refused("logprobs", "Probabilities of tokens are not given.", "false"),
        Refused("top_logprobs", "Probabilities of tokens are not given.", "0"),
        Refused("functions", "The older form of tools: use tools.", "[]"),
        Refused("function_call", "The older form of tool_choice: use tool_choice.", "\"none\"", "\"auto\""),
        Refused("audio", "Answers are text."),
        Refused("web_search_options", "Nothing is looked up in the web."),
    ];

    /// <summary>Checks what only makes sense together, and takes away what says nothing.</summary>
    public static void Finish(CallDraft draft, BodyReader reader)
    {
        var request = draft.Request;
        if (ToolValues.Problem(request.Tools, request.ToolChoice, request.ResponseFormat) is { } problem)
        {
            reader.Refuse(problem.Code, problem.Param, $"{problem.Param} {problem.What}.");
            return;
        }

        draft.Request = request with
        {
            // As text their members keep their order on the way (DECISIONS E2).
            Tools = request.Tools is { } tools ? JsonInText.Write(tools) : null,
            ToolChoice = request.Tools is null ? null : request.ToolChoice,
            ResponseFormat = request.ResponseFormat is { } format ? JsonInText.Write(format) : null,
        };
    }

    private static bool IsNothing(JsonElement tools) => tools.ValueKind == JsonValueKind.Null || (tools.ValueKind == JsonValueKind.Array && tools.GetArrayLength() == 0);

    private static bool IsText(JsonElement format) =>
        format.ValueKind == JsonValueKind.Object && format.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("text"u8);
}

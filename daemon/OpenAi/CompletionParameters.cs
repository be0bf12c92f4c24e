using System.Text.Json;
using FedAi.Protocol.Messages;
using static FedAi.Daemon.OpenAi.BodyParameter;

namespace FedAi.Daemon.OpenAi;

/// <summary>The body of POST /v1/completions: a text that goes on, without chat.</summary>
internal static class CompletionParameters
{
    public static IReadOnlyList<BodyParameter> All { get; } =
    [
        .. SamplingParameters.All,
        Honoured("prompt", """{"oneOf":[{"type":"string","minLength":1},{"type":"array","minItems":1,"maxItems":1,"items":{"type":"string","minLength":1}}]}""", "The text to go on with, or an array with one.",
            (draft, value, reader) => draft.Request = draft.Request with { Prompt = Prompt(value, reader) }) with { Required = true },
        Refused("best_of", "One answer a request.", "1"),
        Refused("echo", "The prompt is not sent back.", "false"),
        Refused("suffix", "Nothing can be written into the middle of a text.", "\"\""),
        Refused("logprobs", "Probabilities of tokens are not given."),
    ];

    private static string Prompt(JsonElement value, BodyReader reader)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0)
        {
            if (value[0].ValueKind is JsonValueKind.Number or JsonValueKind.Array) reader.Refuse(ErrorCode.UnsupportedParameter, "prompt", "prompt is given in tokens, which only one model understands; send text.");
            else if (value.GetArrayLength() > 1) reader.Refuse(ErrorCode.UnsupportedParameter, "prompt", "prompt has several texts: send one a request.");
            else return Text(value[0], "prompt[0]", reader);
            return "";
        }

        return Text(value, "prompt", reader);
    }

    private static string Text(JsonElement value, string param, BodyReader reader)
    {
        var text = reader.Text(value, param);
        if (text is { Length: 0 }) reader.Refuse(param, $"{param} is empty; send some text to go on with.");
        return text ?? "";
    }
}

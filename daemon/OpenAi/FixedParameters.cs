using System.Collections.Frozen;
using System.Text.Json;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// OpenAI parameters that this surface does not act on, each with the values that mean the same as leaving it out. Those are
/// accepted; any other value is refused by name, because the client would get something else than it asked for.
/// </summary>
internal static class FixedParameters
{
    private static readonly FrozenDictionary<string, Func<JsonElement, bool>> Accepted = new Dictionary<string, Func<JsonElement, bool>>
    {
        // Cannot change the answer.
        ["user"] = Anything,
        ["metadata"] = Anything,
        ["safety_identifier"] = Anything,
        ["prompt_cache_key"] = Anything,
        ["prompt_cache_retention"] = Anything,
        ["reasoning_effort"] = Anything,
        ["parallel_tool_calls"] = Anything,
        ["prediction"] = Anything,

        // Harmless with one value.
        ["store"] = value => value.ValueKind == JsonValueKind.False,
        ["service_tier"] = value => IsText(value, "auto") || IsText(value, "default"),
        ["n"] = value => IsNumber(value, 1),
        ["logprobs"] = value => value.ValueKind == JsonValueKind.False,
        ["top_logprobs"] = value => IsNumber(value, 0),
        ["modalities"] = value => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => IsText(item, "text")),
        ["response_format"] = value => value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var type) && IsText(type, "text"),
        ["tools"] = IsEmptyArray,
        ["tool_choice"] = value => IsText(value, "none") || IsText(value, "auto"),
        ["functions"] = IsEmptyArray,
        ["function_call"] = value => IsText(value, "none") || IsText(value, "auto"),

        // Never.
        ["audio"] = Nothing,
        ["web_search_options"] = Nothing,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether the name is one of these; with a value that counts, the reader gets the refusal.</summary>
    public static bool TryRead(string name, JsonElement value, BodyReader reader)
    {
        if (!Accepted.TryGetValue(name, out var accepts)) return false;
        if (value.ValueKind != JsonValueKind.Null && !accepts(value)) reader.Unsupported(name);
        return true;
    }

    private static bool Anything(JsonElement value) => true;

    private static bool Nothing(JsonElement value) => false;

    private static bool IsEmptyArray(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static bool IsNumber(JsonElement value, int number) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var given) && given == number;
}

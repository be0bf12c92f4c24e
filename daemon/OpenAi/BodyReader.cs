using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// Reads typed values out of a stranger's JSON and keeps the first thing that is wrong, with the path of the member as
/// OpenAI writes it: <c>messages[0].content</c>. JSON null counts as absent for everything optional, as it does there.
/// </summary>
internal sealed class BodyReader
{
    /// <summary>The first problem, or null while all is well.</summary>
    public OpenAiError? Problem { get; private set; }

    public void Refuse(string? param, string what) => Refuse(ErrorCode.InvalidRequest, param, what);

    public void Refuse(ErrorCode code, string? param, string what) => Problem ??= OpenAiErrors.From(new Refusal(code, what), param);

    public void Unsupported(string param) =>
        Refuse(ErrorCode.UnsupportedParameter, param, $"{param} is not supported here with this value; leave it out.");

    /// <summary>Members of an object with names that are text; JSON may hold others (lone surrogates).</summary>
    public IEnumerable<(string Name, JsonElement Value)> Members(JsonElement element, string? param)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (TryUnescape(() => member.Name, out var name)) yield return (name, member.Value);
            else Refuse(param, $"{param ?? "The body"} has a member whose name is not valid Unicode.");
        }
    }

    public string? Text(JsonElement value, string param, int maxChars = int.MaxValue)
    {
        if (value.ValueKind != JsonValueKind.String) return Wrong(param, "a string", value);
        if (!TryUnescape(value.GetString!, out var text)) Refuse(param, $"{param} is not valid Unicode: it holds half of a surrogate pair or broken UTF-8.");
        else if (text.Length > maxChars) Refuse(param, $"{param} is too long: at most {maxChars} characters.");
        else return text;
        return null;
    }

    public double? Number(JsonElement value, string param, double least, double most)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.Number) Wrong(param, "a number", value);
        else if (value.TryGetDouble(out var number) && number >= least && number <= most) return number;
        else Refuse(param, FormattableString.Invariant($"{param} must be {least} to {most}."));
        return null;
    }

    public long? Integer(JsonElement value, string param, long least, long most)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.Number) Wrong(param, "an integer", value);
        else if (!value.TryGetInt64(out var number)) Refuse(param, $"{param} must be an integer.");
        else if (number < least || number > most) Refuse(param, FormattableString.Invariant($"{param} must be {least} to {most}."));
        else return number;
        return null;
    }

    public bool? Flag(JsonElement value, string param)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        if (value.ValueKind != JsonValueKind.Null) Wrong(param, "true or false", value);
        return null;
    }

    /// <summary>Says which type a member should have had; null, so that a caller may return it.</summary>
    public string? Wrong(string param, string expected, JsonElement value)
    {
        var got = value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "a boolean",
            _ => "null",
        };
        Refuse(param, $"{param} must be {expected}, but it is {got}.");
        return null;
    }

    private static bool TryUnescape(Func<string?> read, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = read()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json says of strings that are no Unicode text.
            text = null;
            return false;
        }
    }
}

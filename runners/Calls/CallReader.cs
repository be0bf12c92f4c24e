using System.Text;
using System.Text.Json;

namespace FedAi.Runners.Calls;

/// <summary>
/// Reads one JSON object that calls a tool, character by character: <c>name</c> and <c>arguments</c> (or <c>parameters</c>) in
/// any order, other members are passed over. Arguments come out as they are read, once it is certain that a known tool is called.
/// </summary>
internal sealed class CallReader(IReadOnlySet<string> tools)
{
    private readonly StringBuilder key = new();
    private readonly StringBuilder value = new();
    private readonly StringBuilder arguments = new();
    private Place place = Place.Open;
    private Member member;
    private int depth;
    private bool quoted;
    private bool escaped;

    private enum Place { Open, FirstKey, Key, InKey, Colon, Value, InValue, AfterValue }

    private enum Member { Other, Name, Arguments }

    /// <summary>The tool that is called, once known.</summary>
    public string? Name { get; private set; }

    /// <summary>There are arguments, or their beginning.</summary>
    public bool HasArguments { get; private set; }

    /// <summary>Arguments read since this was last asked.</summary>
    public string TakeArguments()
    {
        var taken = arguments.ToString();
        arguments.Clear();
        return taken;
    }

    public CallStep Push(char next)
    {
        if (place == Place.InValue) return InValue(next);
        if (place == Place.InKey)
        {
            if (!InText(next)) return CallStep.More;
            member = Decode(key) switch { "name" => Member.Name, "arguments" or "parameters" when !HasArguments => Member.Arguments, _ => Member.Other };
            place = Place.Colon;
            return CallStep.More;
        }
        if (next is ' ' or '\n' or '\r' or '\t') return CallStep.More;
        switch (place, next)
        {
            case (Place.Open, '{'):
                place = Place.FirstKey;
                return CallStep.More;
            case (Place.FirstKey or Place.Key, '"'):
                key.Clear().Append(next);
                place = Place.InKey;
                return CallStep.More;
            case (Place.Colon, ':'):
                place = Place.Value;
                return CallStep.More;
            case (Place.Value, not (',' or ':' or '}' or ']')):
                value.Clear();
                (place, depth, quoted) = (Place.InValue, 0, false);
                return InValue(next);
            case (Place.AfterValue, ','):
                place = Place.Key;
                return CallStep.More;
            case (Place.AfterValue, '}'):
                return Name is null ? CallStep.Failed : CallStep.Done;
            default:
                return CallStep.Failed;
        }
    }

    /// <summary>True when the quotation mark that ends the key has come.</summary>
    private bool InText(char next)
    {
        key.Append(next);
        if (escaped) escaped = false;
        else if (next == '\\') escaped = true;
        else if (next == '"') return true;
        return false;
    }

    private CallStep InValue(char next)
    {
        // A number or a word ends with what follows it.
        if (value.Length > 0 && value[0] is not ('"' or '{' or '[') && next is ',' or '}' or ' ' or '\n' or '\r' or '\t')
            return EndValue() ? Push(next) : CallStep.Failed;
        Keep(next);
        if (quoted)
        {
            if (escaped) escaped = false;
            else if (next == '\\') escaped = true;
            else if (next == '"') quoted = false;
        }
        else if (next == '"')
        {
            quoted = true;
        }
        else
        {
            depth += next switch { '{' or '[' => 1, '}' or ']' => -1, _ => 0 };
        }
        var whole = !quoted && depth == 0 && next is '"' or '}' or ']';
        return whole && !EndValue() ? CallStep.Failed : CallStep.More;
    }

    /// <summary>An object goes out while it is read; anything else is short, and looked at first.</summary>
    private void Keep(char next)
    {
        if (member == Member.Arguments && (value.Length == 0 ? next == '{' : value[0] == '{'))
        {
            if (value.Length == 0) value.Append(next);
            HasArguments = true;
            arguments.Append(next);
        }
        else if (member != Member.Other || value.Length == 0)
        {
            value.Append(next);
        }
    }

    private bool EndValue()
    {
        place = Place.AfterValue;
        if (member == Member.Name)
        {
            Name ??= Decode(value);
            return Name is not null && tools.Contains(Name);
        }
        if (member != Member.Arguments || value[0] == '{') return true;
        // Some models write their arguments as a text that holds JSON.
        var text = value[0] == '"' ? Decode(value) : value.ToString() == "null" ? "{}" : null;
        if (text is null) return false;
        HasArguments = true;
        arguments.Append(text.Length == 0 ? "{}" : text);
        return true;
    }

    private static string? Decode(StringBuilder text)
    {
        try
        {
            return JsonElement.Parse(text.ToString()) is { ValueKind: JsonValueKind.String } parsed ? parsed.GetString() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

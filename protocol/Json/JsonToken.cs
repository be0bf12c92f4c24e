namespace FedAi.Protocol.Json;

/// <summary>
/// One value of a JSON text: where it stands (strings without their quotes) and how many tokens it has with everything
/// inside it. The members of an object follow it as key, value, key, value.
/// </summary>
internal struct JsonToken
{
    public int Start;
    public int Length;
    public int Size;
    public JsonTokenKind Kind;

    /// <summary>A string that holds a backslash.</summary>
    public bool Escaped;

    /// <summary>A string of ASCII only: its bytes compare as its UTF-16 does.</summary>
    public bool Ascii;
}

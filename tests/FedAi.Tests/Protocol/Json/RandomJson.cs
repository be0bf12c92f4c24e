using System.Globalization;
using System.Text;

namespace FedAi.Tests.Protocol.Json;

/// <summary>Random JSON texts that use every freedom of the grammar: blanks, number forms, escapes, double keys, nesting.</summary>
internal sealed class RandomJson(int seed)
{
    private const int MaxDepth = 12;

    private static readonly string[] Texts =
    [
        "a", "Z", "0", " ", "é", "漢", "😀", "\u007f", "\u0080", "\u2028", "\ufeff", "\uffff", "！", "/", "<", "'",
        "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u001F", "\\u001f", "\\u0022", "\\u005C", "\\u002f", "\\u0041", "\\u00E9", "\\u2028",
        "\\uD83D\\uDE00", "\\ud83d\\ude00", "\\ud800", "\\uDBFF", "\\uDC00", "\\udfff", "\\ud800\\ud800\\udc00", "\\udc00\\ud800", "\\ud800a", "\\ud800\\u0041", "\\ud800\\n", "\\\\ud800",
    ];

    private static readonly string[] Keys =
        ["", "a", "A", "b", "10", "9", "aa", "a b", "__proto__", "toJSON", "constructor", "é", "\\u00e9", "\\u0061", "😀", "\\ud83d\\ude00", "\\ud83d", "！", "\uff01", "\\ud800", "\\\"", "\\n", "payload", "sig"];

    private static readonly string[] Numbers =
    [
        "0", "-0", "-0.0", "0e5", "1", "-1", "1.0", "1E0", "1e+0", "100", "1e2", "1.50", "0.1", "0.000001", "0.0000001", "1e-7", "123456789012345", "1234567890123456", "12345678901234567890",
        "9007199254740991", "9007199254740993", "18446744073709551615", "1e20", "1e21", "123e18", "1.7976931348623157e308", "1.7976931348623159e308", "1e309", "-1e400", "5e-324", "2e-324", "4.9e-324", "1e-400",
        "2.2250738585072011e-308", "0.1e1", "1e0000000001", "1e-0000000001", "1e99999999999999999999", "1e-99999999999999999999", "0e99999999999999999999", "0.00001e99999", "100000000000000000000000000000000000000000e-40",
        $"0.{new string('0', 1200)}1e1201", $"1{new string('0', 400)}e-400", $"0.{new string('0', 400)}1e400", $"1.{new string('0', 800)}1", $"9007199254740992.{new string('9', 800)}", $"9007199254740993.{new string('0', 800)}1",
    ];

    private readonly Random random = new(seed);

    public string Next()
    {
        var text = new StringBuilder();
        Value(text, random.Next(MaxDepth));
        return text.ToString();
    }

    /// <summary>The bytes with a few of them flipped, taken out, put in, or cut off.</summary>
    public byte[] Mutate(byte[] text)
    {
        List<byte> changed = [.. text];
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(changed.Count + 1);
            var value = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)"{}[]\",:\\u0-1.eE \n"[random.Next(17)];
            if (at == changed.Count) changed.Add(value);
            else if (random.Next(3) == 0) changed.RemoveAt(at);
            else if (random.Next(2) == 0) changed.Insert(at, value);
            else changed[at] = value;
        }

        return [.. changed];
    }

    private void Value(StringBuilder text, int depth)
    {
        Blank(text);
        switch (depth > 0 ? random.Next(8) : random.Next(5))
        {
            case 0: text.Append(Pick(["true", "false", "null"])); break;
            case 1: text.Append(Pick(Numbers)); break;
            case 2: text.Append(Number()); break;
            case 3 or 4: String(text); break;
            case 5: List(text, '[', ']', () => Value(text, depth - 1)); break;
            default: List(text, '{', '}', () => Member(text, depth)); break;
        }

        Blank(text);
    }

    private void Member(StringBuilder text, int depth)
    {
        Blank(text);
        if (random.Next(4) == 0) String(text);
        else text.Append('"').Append(Pick(Keys)).Append('"');
        Blank(text);
        text.Append(':');
        Value(text, depth - 1);
    }

    private void List(StringBuilder text, char open, char close, Action item)
    {
        text.Append(open);
        // Now and then more members than are sorted in place.
        var count = random.Next(20) == 0 ? 40 : random.Next(5);
        for (var i = 0; i < count; i++)
        {
            if (i > 0) text.Append(',');
            item();
        }

        if (count == 0) Blank(text);
        text.Append(close);
    }

    private void String(StringBuilder text)
    {
        text.Append('"');
        for (var count = random.Next(6); count > 0; count--) text.Append(Pick(Texts));
        text.Append('"');
    }

    private string Number()
    {
        var value = random.Next(3) switch
        {
            0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
            1 => random.NextDouble() * Math.Pow(10, random.Next(-25, 25)),
            _ => random.NextInt64(-(1L << 55), 1L << 55),
        };
        return double.IsFinite(value) ? value.ToString(Pick(["R", "E16", "E20", "G17"]), CultureInfo.InvariantCulture) : "1";
    }

    private void Blank(StringBuilder text)
    {
        if (random.Next(6) == 0) text.Append(Pick([" ", "\t", "\r\n", "  \n"]));
    }

    private string Pick(string[] values) => values[random.Next(values.Length)];
}

using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace FedAi.Protocol.Json;

/// <summary>Numbers as ECMAScript prints them (Number::toString): IEEE double, shortest digits that read back the same.</summary>
public static class JsonNumber
{
    /// <summary>Writes a number literal in canonical form; what a double cannot hold becomes <c>null</c>, as JSON.stringify has it.</summary>
    internal static void Write(ReadOnlySpan<byte> literal, IBufferWriter<byte> output)
    {
        if (IsShortInteger(literal)) output.Write(literal);
        else Write(double.Parse(literal, NumberStyles.Float, CultureInfo.InvariantCulture), output);
    }

    /// <summary>Writes a double.</summary>
    public static void Write(double value, IBufferWriter<byte> output)
    {
        if (!double.IsFinite(value))
        {
            output.Write("null"u8);
            return;
        }

        if (value == 0)
        {
            output.Write("0"u8);
            return;
        }

        if (value < 0) output.Write("-"u8);
        WriteDigits(Math.Abs(value), output);
    }

    /// <summary>Up to 15 digits and no sign of zero: already canonical, which is what nearly every number is.</summary>
    private static bool IsShortInteger(ReadOnlySpan<byte> literal)
    {
        var digits = literal[0] == '-' ? literal[1..] : literal;
        return digits.Length <= 15 && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits[0] != '0' || literal.Length == 1);
    }

    private static void WriteDigits(double value, IBufferWriter<byte> output)
    {
        // "E16" would round; "R" gives the shortest digits, in one of two layouts. Both come down to digits and a point.
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var written, "R", CultureInfo.InvariantCulture);
        text = text[..written];

        var exponentAt = text.IndexOf((byte)'E');
        var exponent = 0;
        if (exponentAt >= 0)
        {
            exponent = int.Parse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..exponentAt];
        }

        Span<byte> digits = stackalloc byte[32];
        var count = 0;
        var point = text.IndexOf((byte)'.');
        var pointAt = (point < 0 ? text.Length : point) + exponent;
        foreach (var c in text)
            if (c != '.') digits[count++] = c;

        var leading = digits[..count].IndexOfAnyExcept((byte)'0');
        digits = digits[leading..count].TrimEnd((byte)'0');
        Layout(digits, pointAt - leading, output);
    }

    /// <summary>Places the point as ECMA-262 does: decimal for 1e-6 ≤ value &lt; 1e21, else an exponent with a sign.</summary>
    private static void Layout(ReadOnlySpan<byte> digits, int pointAt, IBufferWriter<byte> output)
    {
        if (pointAt is > 21 or <= -6)
        {
            output.Write(digits[..1]);
            if (digits.Length > 1)
            {
                output.Write("."u8);
                output.Write(digits[1..]);
            }

            output.Write(pointAt > 0 ? "e+"u8 : "e-"u8);
            Span<byte> exponent = stackalloc byte[8];
            Utf8Formatter.TryFormat(Math.Abs(pointAt - 1), exponent, out var length);
            output.Write(exponent[..length]);
        }
        else if (pointAt <= 0)
        {
            output.Write("0."u8);
            Zeros(-pointAt, output);
            output.Write(digits);
        }
        else if (pointAt >= digits.Length)
        {
            output.Write(digits);
            Zeros(pointAt - digits.Length, output);
        }
        else
        {
            output.Write(digits[..pointAt]);
            output.Write("."u8);
            output.Write(digits[pointAt..]);
        }
    }

    private static void Zeros(int count, IBufferWriter<byte> output) => output.Write("000000000000000000000"u8[..count]);
}

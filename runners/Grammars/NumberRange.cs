using System.Globalization;

namespace FedAi.Runners.Grammars;

/// <summary>Pure: numbers between two bounds as a grammar, digit by digit.</summary>
internal static class NumberRange
{
    private const decimal Widest = 999_999_999_999_999;

    /// <summary>Whole numbers from least to most; null when there is none.</summary>
    public static string? Integers(decimal? least, decimal? most)
    {
        var from = Math.Max(-Widest, Math.Ceiling(least ?? -Widest));
        var to = Math.Min(Widest, Math.Floor(most ?? Widest));
        if (from > to) return null;
        var parts = new List<string>();
        if (to >= 0) parts.Add($"({Whole(Math.Max(0, from), to)})");
        if (from < 0) parts.Add($"\"-\" ({Whole(Math.Max(1, -to), -from)})");
        return string.Join(" | ", parts);
    }

    /// <summary>Numbers with up to six decimals between the bounds, which themselves may be excluded; null when there is none.</summary>
    public static string? Numbers(decimal? least, bool leastExcluded, decimal? most, bool mostExcluded)
    {
        var (from, to) = (Math.Max(-Widest, least ?? -Widest), Math.Min(Widest, most ?? Widest));
        var parts = new List<string>();
        if (to >= 0) parts.AddRange(Magnitudes(Math.Max(0, from), leastExcluded && from >= 0, to, mostExcluded));
        if (from < 0) parts.AddRange(Magnitudes(Math.Max(0, -to), mostExcluded || to >= 0, -from, leastExcluded).Select(part => $"\"-\" ({part})"));
        return parts.Count == 0 ? null : string.Join(" | ", parts);
    }

    private static IEnumerable<string> Magnitudes(decimal from, bool fromExcluded, decimal to, bool toExcluded)
    {
        var (first, last) = (Math.Ceiling(from), Math.Floor(to));
        var (least, most) = (fromExcluded && first == from ? first + 1 : first, toExcluded && last == to ? last - 1 : last);
        if (least <= most) yield return Whole(least, most);
        if (first <= last - 1) yield return $"({Whole(first, last - 1)}) {JsonPieces.Fraction}";
        if (least <= most || first <= last - 1) yield break;
        // Both bounds lie between the same two whole numbers.
        var whole = Math.Floor(from);
        const decimal scale = 1_000_000;
        var (low, high) = (Math.Ceiling((from - whole) * scale), Math.Floor((to - whole) * scale));
        if (fromExcluded && low == (from - whole) * scale) low++;
        if (toExcluded && high == (to - whole) * scale) high--;
        if (low <= high && high < scale) yield return $"\"{Text(whole)}.\" ({string.Join(" | ", SameLength(Text(low).PadLeft(6, '0'), Text(high).PadLeft(6, '0')))})";
    }

    /// <summary>Whole numbers of no sign, without zeros before them.</summary>
    private static string Whole(decimal from, decimal to)
    {
        var parts = new List<string>();
        var (low, high) = (Text(from), Text(to));
        for (var length = low.Length; length <= high.Length; length++)
        {
            var first = length == low.Length ? low : "1".PadRight(length, '0');
            var last = length == high.Length ? high : new string('9', length);
            parts.AddRange(SameLength(first, last));
        }
        return string.Join(" | ", parts);
    }

    /// <summary>All digit strings between two of the same length.</summary>
    private static List<string> SameLength(string from, string to)
    {
        if (from == to) return [$"\"{from}\""];
        var same = 0;
        while (from[same] == to[same]) same++;
        var prefix = same == 0 ? "" : $"\"{from[..same]}\" ";
        var (first, last, rest) = (from[same], to[same], from.Length - same - 1);
        var parts = new List<string>();
        if (!from.AsSpan(same + 1).ContainsAnyExcept('0')) first--; // all that begin with this digit
        else parts.AddRange(SameLength(from[(same + 1)..], new string('9', rest)).Select(part => $"{prefix}\"{from[same]}\" {part}"));
        var whole = !to.AsSpan(same + 1).ContainsAnyExcept('9');
        if (!whole) last--;
        if (first + 1 <= last) parts.Add($"{prefix}[{(char)(first + 1)}-{last}]{(rest == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" [0-9]{{{rest}}}"))}");
        if (!whole) parts.AddRange(SameLength(new string('0', rest), to[(same + 1)..]).Select(part => $"{prefix}\"{to[same]}\" {part}"));
        return parts;
    }

    private static string Text(decimal number) => number.ToString("0", CultureInfo.InvariantCulture);
}

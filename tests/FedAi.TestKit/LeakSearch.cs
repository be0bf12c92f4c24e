using System.Text;

namespace FedAi.TestKit;

/// <summary>Looks for a text in bytes in every dress it could travel in: UTF-8, UTF-16, base64 at any offset, hex, escaped JSON (DECISIONS E25).</summary>
internal static class LeakSearch
{
    /// <summary>The form in which the text was found, or null.</summary>
    public static string? Find(ReadOnlySpan<byte> bytes, string text)
    {
        foreach (var (form, dress) in Dresses(text))
            if (bytes.IndexOf(dress) >= 0) return form;
        return null;
    }

    private static IEnumerable<(string Form, byte[] Dress)> Dresses(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        yield return ("UTF-8", utf8);
        yield return ("UTF-16", Encoding.Unicode.GetBytes(text));
        yield return ("hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8)));
        yield return ("upper-case hex", Encoding.ASCII.GetBytes(Convert.ToHexString(utf8)));
        yield return ("escaped JSON", Encoding.ASCII.GetBytes(string.Concat(text.Select(character => $"\\u{(int)character:x4}"))));
        for (var offset = 0; offset < 3; offset++)
        {
            // Characters that also hold bits of what stands before or after the text are left out.
            var encoded = Convert.ToBase64String([.. new byte[offset], .. utf8]);
            var first = offset == 0 ? 0 : offset + 1;
            var last = (offset + utf8.Length) * 8 / 6;
            yield return ($"base64 at offset {offset}", Encoding.ASCII.GetBytes(encoded[first..last]));
        }
    }
}

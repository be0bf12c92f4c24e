using System.Text.Json;

namespace FedAi.RelayDiscovery.Directories;

/// <summary>
/// Reads a directory's JSON in every shape that is known (WIRE 3.12): under <c>relays</c>, <c>entries</c> or as a whole, an array of
/// addresses, objects and arrays, or a map from address to object or bool. What is not understood is skipped.
/// </summary>
public static class DirectoryDocument
{
    /// <summary>Longest document that is read, in bytes: some ten thousand addresses.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Relays that one directory may name; the first ones count.</summary>
    public const int MostRelays = 2000;

    private const int MostTags = 20;
    private const int LongestTag = 64;
    private const int MaxDepth = 16;

    /// <summary>The claims, or null when it is no JSON.</summary>
    public static IReadOnlyList<RelayClaim>? TryRead(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var root = document.RootElement;
            if (root.ValueKind is JsonValueKind.Object)
                root = root.TryGetProperty("relays", out var relays) && relays.ValueKind is not JsonValueKind.Null ? relays
                    : root.TryGetProperty("entries", out var entries) && entries.ValueKind is not JsonValueKind.Null ? entries
                    : root;
            return root.ValueKind is JsonValueKind.Array or JsonValueKind.Object ? [.. Claims(root, source).Take(MostRelays)] : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text in it holds half a character.
            return null;
        }
    }

    private static IEnumerable<RelayClaim> Claims(JsonElement list, string source) => list.ValueKind switch
    {
        JsonValueKind.Object => list.EnumerateObject().Select(entry => Claim(entry.Name, entry.Value, source)).OfType<RelayClaim>(),
        JsonValueKind.Array => list.EnumerateArray().SelectMany(entry => entry.ValueKind switch
        {
            JsonValueKind.Array => Claims(entry, source),
            JsonValueKind.String => One(entry.GetString(), source),
            JsonValueKind.Object when entry.TryGetProperty("url", out var url) && url.ValueKind is JsonValueKind.String => One(Claim(url.GetString(), entry, source)),
            _ => [],
        }),
        _ => [],
    };

    private static IEnumerable<RelayClaim> One(string? address, string source) => RelayUrl.TryNormalize(address, out var relay) ? [new RelayClaim(relay, source)] : [];

    private static IEnumerable<RelayClaim> One(RelayClaim? claim) => claim is null ? [] : [claim];

    private static RelayClaim? Claim(string? address, JsonElement value, string source) =>
        !RelayUrl.TryNormalize(address, out var relay) ? null : value.ValueKind switch
        {
            JsonValueKind.True => new RelayClaim(relay, source) { Read = true, Write = true },
            JsonValueKind.False => new RelayClaim(relay, source) { Read = false, Write = false },
            JsonValueKind.Object => new RelayClaim(relay, source)
            {
                Read = Flag(value, "read"),
                Write = Flag(value, "write"),
                Score = Number(value, "score"),
                LatencyMs = (long?)Number(value, "latencyMs"),
                LastSeenMs = (long?)Number(value, "lastSeenMs"),
                Tags = Tags(value),
            },
            _ => null,
        };

    private static bool? Flag(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) ? value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null } : null;

    /// <summary>Beyond what a double holds exactly no number here makes sense.</summary>
    private static double? Number(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Abs(number) < 1L << 53 ? number : null;

    private static IReadOnlyList<string> Tags(JsonElement entry) =>
        entry.TryGetProperty("tags", out var tags) && tags.ValueKind is JsonValueKind.Array
            ? [.. tags.EnumerateArray().Where(tag => tag.ValueKind is JsonValueKind.String).Select(tag => tag.GetString()!).Where(tag => tag.Length <= LongestTag).Take(MostTags)]
            : [];
}

using System.Text.Json;
using FedAi.Protocol.Nostr;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>
/// What a relay says of itself (NIP-11), as far as it concerns us. Every member is a claim: one that is missing, of another type or
/// out of range counts as not said.
/// </summary>
public sealed record Nip11Document
{
    /// <summary>Longest document that is read, in bytes; real ones have 1 to 4 KiB.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MostNips = 200;
    private const int MostRetentions = 50;

    public int? MaxMessageLength { get; init; }
    public int? MaxContentLength { get; init; }
    public int? MaxEventTags { get; init; }
    public int? MaxSubscriptions { get; init; }
    public int? MaxLimit { get; init; }
    public int MinPowDifficulty { get; init; }
    public bool AuthRequired { get; init; }
    public bool PaymentRequired { get; init; }
    public bool RestrictedWrites { get; init; }

    /// <summary>How old an event may be, in seconds.</summary>
    public long? CreatedAtLowerLimit { get; init; }

    /// <summary>How far ahead of the relay's clock an event may be, in seconds.</summary>
    public long? CreatedAtUpperLimit { get; init; }

    /// <summary>Kinds that the relay says it does not keep at all, as first and last of each range.</summary>
    public IReadOnlyList<(int First, int Last)> KindsNotKept { get; init; } = [];

    public IReadOnlyList<int> SupportedNips { get; init; } = [];

    /// <summary>Reads a document; null when it is no JSON object.</summary>
    public static Nip11Document? TryRead(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind is JsonValueKind.Object ? Read(document.RootElement) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second: a name or text with half a surrogate pair
        {
            return null;
        }
    }

    /// <summary>Why this relay would not take the event, or null. <paramref name="frameBytes"/> is the whole EVENT message.</summary>
    public RelayVerdict? Refuses(NostrEvent value, int frameBytes, long relayNowSeconds) =>
        MinPowDifficulty > 0 ? RelayVerdict.ProofOfWork
        : frameBytes > MaxMessageLength || value.Tags.Count > MaxEventTags ? RelayVerdict.Unfit
        : MaxContentLength < value.ReadContent().Length ? RelayVerdict.Unfit
        : value.CreatedAt < relayNowSeconds - CreatedAtLowerLimit || value.CreatedAt > relayNowSeconds + CreatedAtUpperLimit ? RelayVerdict.Unfit
        : KindsNotKept.Any(range => value.Kind >= range.First && value.Kind <= range.Last) ? RelayVerdict.Unfit
        : null;

    private static Nip11Document Read(JsonElement root)
    {
        var limits = root.TryGetProperty("limitation", out var found) && found.ValueKind is JsonValueKind.Object ? found : default;
        return new Nip11Document
        {
            MaxMessageLength = Count(limits, "max_message_length"),
            MaxContentLength = Count(limits, "max_content_length"),
            MaxEventTags = Count(limits, "max_event_tags"),
            MaxSubscriptions = Count(limits, "max_subscriptions"),
            MaxLimit = Count(limits, "max_limit"),
            MinPowDifficulty = Count(limits, "min_pow_difficulty") ?? 0,
            AuthRequired = IsTrue(limits, "auth_required"),
            PaymentRequired = IsTrue(limits, "payment_required"),
            RestrictedWrites = IsTrue(limits, "restricted_writes"),
            CreatedAtLowerLimit = Count(limits, "created_at_lower_limit"),
            CreatedAtUpperLimit = Count(limits, "created_at_upper_limit"),
            KindsNotKept = [.. Items(root, "retention", MostRetentions).Where(IsNotKept).SelectMany(entry => Items(entry, "kinds", MostRetentions).Select(Range)).OfType<(int, int)>()],
            SupportedNips = [.. Items(root, "supported_nips", MostNips).Select(Whole).OfType<int>()],
        };
    }

    /// <summary>Zero and less make no sense as a limit, so they count as not said.</summary>
    private static int? Count(JsonElement limits, string name) =>
        limits.ValueKind is JsonValueKind.Object && limits.TryGetProperty(name, out var value) && Whole(value) is > 0 and var count ? count : null;

    private static int? Whole(JsonElement value) => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var whole) ? whole : null;

    private static bool IsTrue(JsonElement limits, string name) =>
        limits.ValueKind is JsonValueKind.Object && limits.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True;

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name, int most) =>
        parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out var list) && list.ValueKind is JsonValueKind.Array ? list.EnumerateArray().Take(most) : [];

    private static bool IsNotKept(JsonElement entry) =>
        entry.ValueKind is JsonValueKind.Object && ((entry.TryGetProperty("time", out var time) && Whole(time) == 0) || (entry.TryGetProperty("count", out var count) && Whole(count) == 0));

    /// <summary>One kind, or a pair that is a range.</summary>
    private static (int First, int Last)? Range(JsonElement kind) =>
        Whole(kind) is { } one ? (one, one)
        : kind.ValueKind is JsonValueKind.Array && kind.GetArrayLength() == 2 && Whole(kind[0]) is { } first && Whole(kind[1]) is { } last ? (first, last)
        : null;
}

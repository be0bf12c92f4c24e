using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace FedAi.Protocol.Nostr;

/// <summary>A filter of NIP-01: null means "any", an empty set matches nothing. Authors and ids are hex, never npub.</summary>
public sealed record NostrFilter
{
    public IReadOnlySet<Hex32>? Ids { get; init; }
    public IReadOnlySet<Hex32>? Authors { get; init; }
    public IReadOnlySet<int>? Kinds { get; init; }

    /// <summary>Values wanted per single-letter tag; the key is the letter without <c>#</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>>? Tags { get; init; }

    /// <summary>Seconds, inclusive.</summary>
    public long? Since { get; init; }

    /// <summary>Seconds, inclusive.</summary>
    public long? Until { get; init; }

    /// <summary>How many stored events are wanted, newest first; live events are not counted.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether the event is wanted; the limit is not considered.</summary>
    public bool Matches(NostrEvent candidate) =>
        !(candidate.CreatedAt < Since)
        && !(candidate.CreatedAt > Until)
        && (Kinds?.Contains(candidate.Kind) ?? true)
        && (Authors?.Contains(candidate.Author) ?? true)
        && (Ids?.Contains(candidate.Id) ?? true)
        && (Tags is null || MatchesTags(candidate));

    /// <summary>Reads the filter object under the reader; false when a member is unknown or malformed.</summary>
    internal static bool TryRead(ref Utf8JsonReader reader, [NotNullWhen(true)] out NostrFilter? filter)
    {
        filter = null;
        var read = new NostrFilter();
        if (reader.TokenType is not JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (WithMember(read, name, ref reader) is not { } next) return false;
            read = next;
        }

        filter = read;
        return reader.TokenType is JsonTokenType.EndObject;
    }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteStrings(writer, "ids", Ids?.Select(id => id.ToString()));
        WriteStrings(writer, "authors", Authors?.Select(author => author.ToString()));
        if (Kinds is not null)
        {
            writer.WriteStartArray("kinds");
            foreach (var kind in Kinds) writer.WriteNumberValue(kind);
            writer.WriteEndArray();
        }

        foreach (var (letter, values) in Tags ?? new Dictionary<string, IReadOnlySet<string>>()) WriteStrings(writer, "#" + letter, values);
        if (Since is { } since) writer.WriteNumber("since", since);
        if (Until is { } until) writer.WriteNumber("until", until);
        if (Limit is { } limit) writer.WriteNumber("limit", limit);
        writer.WriteEndObject();
    }

    private bool MatchesTags(NostrEvent candidate)
    {
        foreach (var (letter, values) in Tags!)
            if (!candidate.Tags.Any(tag => tag.Count > 1 && tag[0] == letter && values.Contains(tag[1]))) return false;
        return true;
    }

    private static NostrFilter? WithMember(NostrFilter filter, string name, ref Utf8JsonReader reader)
    {
        switch (name)
        {
            case "ids": return ReadKeys(ref reader) is { } ids ? filter with { Ids = ids } : null;
            case "authors": return ReadKeys(ref reader) is { } authors ? filter with { Authors = authors } : null;
            case "kinds": return ReadKinds(ref reader) is { } kinds ? filter with { Kinds = kinds } : null;
            case "since": return ReadNumber(ref reader) is { } since ? filter with { Since = since } : null;
            case "until": return ReadNumber(ref reader) is { } until ? filter with { Until = until } : null;
            case "limit": return ReadNumber(ref reader) is { } limit ? filter with { Limit = (int)Math.Min(limit, int.MaxValue) } : null;
        }

        if (name is not ['#', var letter] || !char.IsAsciiLetter(letter) || ReadTexts(ref reader) is not { } values) return null;
        var tags = new Dictionary<string, IReadOnlySet<string>>(filter.Tags ?? new Dictionary<string, IReadOnlySet<string>>()) { [letter.ToString()] = values };
        return filter with { Tags = tags };
    }

    private static HashSet<Hex32>? ReadKeys(ref Utf8JsonReader reader)
    {
        var keys = new HashSet<Hex32>();
        if (reader.TokenType is not JsonTokenType.StartArray) return null;
        while (reader.Read() && reader.TokenType is JsonTokenType.String)
        {
            if (!Hex32.TryParse(reader.ValueSpan, out var key)) return null;
            keys.Add(key);
        }

        return reader.TokenType is JsonTokenType.EndArray ? keys : null;
    }

    private static HashSet<int>? ReadKinds(ref Utf8JsonReader reader)
    {
        var kinds = new HashSet<int>();
        if (reader.TokenType is not JsonTokenType.StartArray) return null;
        while (reader.Read() && reader.TokenType is JsonTokenType.Number)
        {
            if (!reader.TryGetInt32(out var kind)) return null;
            kinds.Add(kind);
        }

        return reader.TokenType is JsonTokenType.EndArray ? kinds : null;
    }

    private static HashSet<string>? ReadTexts(ref Utf8JsonReader reader)
    {
        var texts = new HashSet<string>();
        if (reader.TokenType is not JsonTokenType.StartArray) return null;
        while (reader.Read() && reader.TokenType is JsonTokenType.String)
        {
            if (!NostrText.IsWhole(ref reader)) return null;
            texts.Add(reader.GetString()!);
        }

        return reader.TokenType is JsonTokenType.EndArray ? texts : null;
    }

    private static long? ReadNumber(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0 ? number : null;

    private static void WriteStrings(Utf8JsonWriter writer, string name, IEnumerable<string>? values)
    {
        if (values is null) return;
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}

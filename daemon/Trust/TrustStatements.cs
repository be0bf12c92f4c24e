using System.Globalization;
using FedAi.Daemon.Store;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>Reads what an event says of other keys. Pure; the signature is the caller's business.</summary>
internal static class TrustStatements
{
    /// <summary>Keys of one list that count, the first ones: more than a person knows, and no list of a stuffer's can fill the memory.</summary>
    public const int MaxKeys = 2000;

    /// <summary>The same for a root's own lists: the operator's word counts, and there are few roots. A list beyond 512 KiB (about 7000 keys) no relay connection takes.</summary>
    public const int MaxRootKeys = 10_000;

    /// <summary>Lists of keys, which are long where people follow many.</summary>
    public static IReadOnlySet<int> Lists { get; } = new HashSet<int> { NostrKinds.FollowList, NostrKinds.MuteList };

    /// <summary>The statement, or null when the event makes none. Only public tags are read: encrypted entries of a mute list stay its author's secret.</summary>
    public static TrustStatement? Read(NostrEvent source, int maxKeys = MaxKeys) => source.Kind switch
    {
        NostrKinds.FollowList or NostrKinds.MuteList => Statement(source, default, Keys(source, maxKeys), 0),
        NostrKinds.Report when Hex32.TryParse(source.TagValue("p"), out var reported) && reported != source.Author => Statement(source, reported, [], 0),
        NostrKinds.Assertion when Hex32.TryParse(source.TagValue("d"), out var subject)
            && int.TryParse(source.TagValue("rank"), NumberStyles.None, CultureInfo.InvariantCulture, out var rank) && rank <= 100 => Statement(source, subject, [], rank),
        _ => null,
    };

    private static TrustStatement Statement(NostrEvent source, Hex32 subject, Hex32[] keys, int rank) =>
        new(source.Author, source.Kind, subject, source.CreatedAt, source.Id, keys, rank);

    private static Hex32[] Keys(NostrEvent source, int maxKeys)
    {
        var keys = new HashSet<Hex32>();
        foreach (var tag in source.Tags)
        {
            if (tag.Count < 2 || tag[0] != "p" || !Hex32.TryParse(tag[1], out var key) || key == source.Author) continue;
            keys.Add(key);
            if (keys.Count == maxKeys) break;
        }

        return [.. keys];
    }
}

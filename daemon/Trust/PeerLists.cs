using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Trust;

/// <summary>
/// The operator's own word about other keys; <see cref="TrustScores"/> weighs it.
/// Keys are compared as keys, so no spelling of an npub slips past a list.
/// </summary>
internal sealed record PeerLists(IReadOnlySet<PublicKey> Allow, IReadOnlySet<PublicKey> Follow, IReadOnlySet<PublicKey> Mute, IReadOnlySet<PublicKey> Block)
{
    private static readonly IReadOnlySet<PublicKey> Nobody = new HashSet<PublicKey>();

    public static PeerLists Empty { get; } = new(Nobody, Nobody, Nobody, Nobody);

    /// <summary>Keys this role's own options name, such as a node's routers: known, though nobody else's word for it is asked.</summary>
    public IReadOnlySet<PublicKey> Named { get; init; } = Nobody;

    /// <summary>Reads the operator's lists; all malformed entries together stop the start, because skipping one could open a list.</summary>
    public static PeerLists From(FilterOptions options)
    {
        var malformed = new List<string>();
        var lists = new PeerLists(
            Read(options.Allow, "filter.allow", malformed), Read(options.Follow, "filter.follow", malformed),
            Read(options.Mute, "filter.mute", malformed), Read(options.Block, "filter.block", malformed));
        return malformed.Count == 0 ? lists : throw new FormatException($"{string.Join(", ", malformed)}: neither an npub nor 64 hex digits.");
    }

    private static HashSet<PublicKey> Read(IReadOnlyList<string> entries, string name, List<string> malformed)
    {
        var keys = new HashSet<PublicKey>();
        foreach (var entry in entries)
            if (PublicKey.TryParse(entry, out var key)) keys.Add(key);
            else malformed.Add($"{name} holds \"{entry}\"");
        return keys;
    }
}

using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Trust;

/// <summary>
/// The operator's own word about other keys. A non-empty allow list admits nobody else; block beats mute beats allow.
/// Keys are compared as keys, so no spelling of an npub slips past a list.
/// </summary>
internal sealed record PeerLists(IReadOnlySet<PublicKey> Allow, IReadOnlySet<PublicKey> Follow, IReadOnlySet<PublicKey> Mute, IReadOnlySet<PublicKey> Block)
{
    private static readonly IReadOnlySet<PublicKey> Nobody = new HashSet<PublicKey>();

    public static PeerLists Empty { get; } = new(Nobody, Nobody, Nobody, Nobody);

    /// <summary>Reads the operator's lists; a malformed entry stops the start, because skipping it could open a list.</summary>
    public static PeerLists From(FilterOptions options) =>
        new(Read(options.Allow, "filter.allow"), Read(options.Follow, "filter.follow"), Read(options.Mute, "filter.mute"), Read(options.Block, "filter.block"));

    /// <summary>What the lists say of a key.</summary>
    public PeerStanding Judge(PublicKey key) =>
        Block.Contains(key) ? PeerStanding.Blocked
        : Mute.Contains(key) ? PeerStanding.Muted
        : Allow.Count > 0 && !Allow.Contains(key) ? PeerStanding.NotAllowed
        : Allow.Contains(key) || Follow.Contains(key) ? PeerStanding.Known
        : PeerStanding.Stranger;

    private static HashSet<PublicKey> Read(IReadOnlyList<string> entries, string name) =>
    [
        .. entries.Select(entry => PublicKey.TryParse(entry, out var key)
            ? key
            : throw new FormatException($"{name} holds \"{entry}\", which is neither an npub nor 64 hex digits.")),
    ];
}

using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>Where trust starts and what cuts it off: the roots (the daemon's own key first), whom the operator's options follow, keep out or pin as providers, and how many steps it goes.</summary>
internal sealed record TrustSources(IReadOnlyList<Hex32> Roots, IReadOnlySet<Hex32> Followed, IReadOnlySet<Hex32> KeptOut, IReadOnlyList<Hex32> Providers, int MaxDepth)
{
    public static TrustSources Of(Hex32? own, PeerLists lists, WotOptions web) => new(
        [.. new[] { own }.OfType<Hex32>().Concat(Keys(web.Roots)).Distinct()],
        FollowedBy(lists),
        KeptOutBy(lists),
        [.. Keys(web.Providers).Distinct()],
        web.MaxDepth);

    /// <summary>The roots that the operator named beside the daemon's own key.</summary>
    public IEnumerable<Hex32> NamedRoots => Roots.Skip(1);

    public static IReadOnlySet<Hex32> FollowedBy(PeerLists lists) => Hex(lists.Follow);

    public static IReadOnlySet<Hex32> KeptOutBy(PeerLists lists) => Hex([.. lists.Mute, .. lists.Block]);

    private static HashSet<Hex32> Hex(IEnumerable<Protocol.Crypto.PublicKey> keys) => [.. keys.Select(Hex32.From)];

    private static IEnumerable<Hex32> Keys(IEnumerable<string> texts) =>
        from text in texts
        select Protocol.Crypto.PublicKey.TryParse(text, out var key) ? Hex32.From(key) : throw new FormatException($"filter.wot holds \"{text}\", which is neither an npub nor 64 hex digits.");
}

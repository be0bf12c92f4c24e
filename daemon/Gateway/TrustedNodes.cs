using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Gateway;

/// <summary>
/// Who may read a sealed request (DECISIONS E10, E11): at PL3 the user's own nodes; at PL2 also those the user allowed, and those
/// that the web of trust vouches for enough. The router only proposes: it could propose a node of its own.
/// </summary>
internal sealed class TrustedNodes(GatewayOptions options, TrustScores trust)
{
    private readonly HashSet<PublicKey> own = Read(options.OwnNodes);
    private readonly HashSet<PublicKey> allowed = Read([.. options.OwnNodes, .. options.Nodes.Allow]);

    public bool MayRead(PublicKey node, PrivacyLevel level) =>
        own.Contains(node)
        || (level == PrivacyLevel.PL2
            && trust.Judge(node) is not (PeerStanding.Blocked or PeerStanding.Muted)
            && (allowed.Contains(node) || trust.Current.Of(Hex32.From(node)) >= options.Nodes.MinTrust));

    /// <summary>The nodes to ask for by name.</summary>
    public IReadOnlySet<PublicKey> Named(PrivacyLevel level) => level == PrivacyLevel.PL3 ? own : allowed;

    /// <summary>Whether a node may do that nobody named.</summary>
    public bool MayDoUnnamed(PrivacyLevel level) => level == PrivacyLevel.PL2 && trust.Current.HasWeb;

    private static HashSet<PublicKey> Read(IReadOnlyList<string> keys) =>
        [.. keys.Select(text => PublicKey.TryParse(text, out var key) ? key : throw new FormatException($"gateway.nodes.allow or gateway.ownNodes holds \"{text}\", which is neither an npub nor 64 hex digits."))];
}

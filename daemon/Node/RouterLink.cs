using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.RelayDiscovery.Directories;

namespace FedAi.Daemon.Node;

/// <summary>
/// A router this node serves (node.routers: <c>npub…</c>, <c>npub…@https://host</c> or, with the hash of its TLS key,
/// <c>npub…@https://host#hash</c>). Without an address the router's own announcement on the relays gives it.
/// </summary>
internal sealed record RouterLink(PublicKey Key, PeerEndpoint? Named)
{
    /// <summary>Reads one entry of node.routers.</summary>
    public static bool TryParse(string text, out RouterLink? link)
    {
        link = null;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (!PublicKey.TryParse(at < 0 ? text : text[..at], out var key)) return false;
        if (at < 0)
        {
            link = new RouterLink(key, null);
            return true;
        }

        if (!Uri.TryCreate(text[(at + 1)..], UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Query.Length + address.UserInfo.Length > 0 || !RelayUrl.HasName(address)) return false;
        var pin = address.Fragment.TrimStart('#');
        if (pin.Length > 0 && (pin.Length != 64 || !pin.All(char.IsAsciiHexDigit) || address.Scheme != "https")) return false;
        link = new RouterLink(key, new PeerEndpoint(new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"), pin.Length > 0 ? [pin] : null, Named: true));
        return true;
    }
}

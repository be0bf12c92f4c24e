using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Node;

/// <summary>
/// A router this node serves (node.routers: <c>npub…</c> or <c>npub…@https://host</c>). Without an address the router's own
/// announcement on the relays gives it.
/// </summary>
internal sealed record RouterLink(PublicKey Key, Uri? Address)
{
    /// <summary>Reads one entry of node.routers.</summary>
    public static bool TryParse(string text, out RouterLink? link)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        Uri? address = null;
        link = null;
        if (at >= 0 && (!Uri.TryCreate(text[(at + 1)..], UriKind.Absolute, out address) || address.Scheme is not ("http" or "https"))) return false;
        if (!PublicKey.TryParse(at < 0 ? text : text[..at], out var key)) return false;
        link = new RouterLink(key, address is null || address.AbsolutePath.EndsWith('/') ? address : new Uri(address + "/"));
        return true;
    }
}

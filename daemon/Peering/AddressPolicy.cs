using System.Net;
using System.Net.Sockets;
using FedAi.Protocol.Messages;
using FedAi.RelayDiscovery.Directories;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Which addresses a stranger may make this daemon connect to. Looks at the address itself, mapped forms included, never
/// at the text of a host name: names are resolved first and every address is judged (ARCHITECTURE §7).
/// </summary>
internal static class AddressPolicy
{
    private static readonly IPNetwork[] Lan =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];

    /// <summary>All that is public of IPv6. What lies outside (compatible, translated and NAT64 forms of IPv4 among it) leads nowhere, or back inside.</summary>
    private static readonly IPNetwork GlobalV6 = IPNetwork.Parse("2000::/3");

    // Never an endpoint of anybody: this network, documentation, benchmarking, protocol assignments (Teredo among them), 6to4, multicast, reserved.
    private static readonly IPNetwork[] Never =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("192.88.99.0/24"),
        IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("224.0.0.0/3"),
        IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("3fff::/20"),
    ];

    /// <summary>Whether a connection to this address may be opened.</summary>
    public static bool Allows(IPAddress address, PrivateNetworks privateNetworks)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address)) return privateNetworks >= PrivateNetworks.Loopback;
        if (address.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)) return false;
        if (Never.Any(network => network.Contains(address))) return false;
        if (Lan.Any(network => network.Contains(address))) return privateNetworks >= PrivateNetworks.Lan;
        return address.AddressFamily == AddressFamily.InterNetwork || GlobalV6.Contains(address);
    }

    /// <summary>
    /// Whether an address that the operator wrote may be asked without TLS: on this machine, or at an address of his own network that he
    /// wrote as one. A name leads where somebody else says.
    /// </summary>
    public static bool AllowsPlain(Uri named) => named.Scheme == Uri.UriSchemeHttps || named.IsLoopback
        || (IPAddress.TryParse(named.DnsSafeHost, out var address) && Allows(address, PrivateNetworks.Lan) && !Allows(address, PrivateNetworks.None));

    /// <summary>
    /// Reads an endpoint a stranger named: http or https, absolute, without user, query or fragment. An address literal is
    /// judged here already; names are judged when connecting.
    /// </summary>
    public static Refusal? CheckEndpoint(string text, PrivateNetworks privateNetworks, out Uri? endpoint)
    {
        endpoint = null;
        if (text.Length > 2048 || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return new Refusal(ErrorCode.InvalidUrl, "The endpoint must be an absolute URL such as https://host:port.");
        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            return new Refusal(ErrorCode.InvalidProtocol, "The endpoint must start with https:// or http://.");
        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            return new Refusal(ErrorCode.InvalidUrl, "The endpoint must not carry a user, a query or a fragment.");
        if (!RelayUrl.HasName(uri))
            return new Refusal(ErrorCode.InvalidUrl, "The endpoint's host is no valid name.");
        if (IPAddress.TryParse(uri.DnsSafeHost, out var address) && !Allows(address, privateNetworks))
            return Blocked;
        endpoint = uri.AbsolutePath.EndsWith('/') ? uri : new Uri(uri + "/");
        return null;
    }

    /// <summary>Whether readers of a relay can use an address: one of this machine or its network only where the relay is there too, unless the operator permits such addresses.</summary>
    public static bool MeansSomething(Uri own, Uri relay, PrivateNetworks privateNetworks)
    {
        var network = NetworkOf(own);
        return network <= privateNetworks || NetworkOf(relay) is PrivateNetworks.Loopback || NetworkOf(relay) == network;
    }

    /// <summary>Where an address leads; a name other than localhost may lead anywhere.</summary>
    private static PrivateNetworks NetworkOf(Uri address) =>
        address.IsLoopback || (IPAddress.TryParse(address.DnsSafeHost, out var literal) && IPAddress.IsLoopback(literal)) ? PrivateNetworks.Loopback
        : literal is not null && !Allows(literal, PrivateNetworks.None) && Allows(literal, PrivateNetworks.Lan) ? PrivateNetworks.Lan
        : PrivateNetworks.None;

    public static Refusal Blocked { get; } =
        new(ErrorCode.PrivateAddressBlocked, "The endpoint is not a public address; the operator may permit it with http.allowPrivate (loopback or lan).");
}

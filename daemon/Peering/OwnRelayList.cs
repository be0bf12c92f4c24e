using System.Net;
using FedAi.RelayDiscovery.Directories;

namespace FedAi.Daemon.Peering;

/// <summary>Which relays this router tells others to meet it at (NIP-65, kind 10002). Pure.</summary>
internal static class OwnRelayList
{
    /// <summary>NIP-65 advises two to four of each sort; readers of ours take twenty.</summary>
    public const int Most = 8;

    /// <summary>The own relay, then those that the operator configured: what is published to is marked <c>write</c>, what is only read <c>read</c>.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Tags(Uri own, RelayOptions relays, PrivateNetworks allowPrivate)
    {
        var entries = new List<(Uri Url, bool Read, bool Write)> { (own, true, true) };
        foreach (var text in relays.Publish.Concat(relays.Bootstrap))
        {
            if (!NamedRelay.TryParse(text, relays.AllowPlain, out var relay, out _) || !MeansSomethingElsewhere(relay.Url, allowPrivate)) continue;
            if (entries.Count < Most && entries.All(entry => entry.Url != relay.Url))
                entries.Add((relay.Url, relays.Bootstrap.Any(other => IsSame(other, relay.Url)), relays.Publish.Any(other => IsSame(other, relay.Url))));
        }

        return [.. entries.Select(entry => (string[])(entry is { Read: true, Write: true } ? ["r", entry.Url.AbsoluteUri] : ["r", entry.Url.AbsoluteUri, entry.Write ? "write" : "read"]))];

        bool IsSame(string text, Uri url) => NamedRelay.TryParse(text, relays.AllowPlain, out var other, out _) && other.Url == url;
    }

    /// <summary>An address inside the operator's network is nobody else's business, unless others' such addresses are welcome here.</summary>
    private static bool MeansSomethingElsewhere(Uri relay, PrivateNetworks allowPrivate) =>
        RelayUrl.IsPrivate(relay) && (IPAddress.TryParse(relay.DnsSafeHost, out var address)
            ? AddressPolicy.Allows(address, allowPrivate)
            : !relay.IsLoopback || allowPrivate >= PrivateNetworks.Loopback);
}

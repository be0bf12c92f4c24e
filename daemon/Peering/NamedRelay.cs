using System.Diagnostics.CodeAnalysis;
using FedAi.RelayDiscovery.Connections;
using FedAi.RelayDiscovery.Directories;

namespace FedAi.Daemon.Peering;

/// <summary>
/// A relay as the operator names it: <c>wss://host/relay</c>, or <c>wss://host/relay#hash</c> where its certificate is self-made. The hash is that of
/// its TLS key (<c>tlsSpki</c> in that router's status); the next key's may follow after another <c>#</c>.
/// </summary>
internal sealed record NamedRelay(Uri Url, IReadOnlyList<string>? TlsSpki)
{
    /// <summary>Reads one entry of relays.bootstrap or relays.publish; the problem is a sentence for the operator.</summary>
    public static bool TryParse(string? text, bool allowPlain, [NotNullWhen(true)] out NamedRelay? relay, out string problem)
    {
        relay = null;
        var parts = text?.Split('#') ?? [];
        if (!RelayUrl.TryParse(parts is [var address, ..] ? address : null, allowPlain, out var url, out problem)) return false;
        string[] pins = parts[1..];
        if (pins.Length > 0 && (url.Scheme != "wss" || Array.Exists(pins, pin => pin.Length != 64 || !pin.All(char.IsAsciiHexDigit))))
        {
            problem = $"'{text}': after wss://… and # come 64 hex digits, the hash of that relay's TLS key (its router's fedai status shows it as tlsSpki)";
            return false;
        }

        relay = new NamedRelay(url, pins.Length > 0 ? pins : null);
        return true;
    }

    /// <summary>It as a member of the pool. The hash takes the place of authorities, name and dates (DECISIONS E12).</summary>
    public PooledRelay Pooled(bool publishes) => new(Url, publishes, Client: TlsSpki is null ? null : PeerHttp.ForRelays(PrivateNetworks.Lan, TlsSpki));
}

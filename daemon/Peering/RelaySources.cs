using System.Globalization;
using System.Net;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.RelayDiscovery.Directories;

namespace FedAi.Daemon.Peering;

/// <summary>Reads the operator's options about finding relays.</summary>
internal static class RelaySources
{
    /// <summary>How long one directory may take.</summary>
    private static readonly TimeSpan DirectoryTimeout = TimeSpan.FromSeconds(10);

    public static RelayFinder Finder(RelayOptions options, RelayHttp http, TimeProvider clock) => new(
        new RelayFinderOptions
        {
            Bootstrap = [.. options.Bootstrap.Concat(options.Publish).Select(text => RelayUrl.TryNormalize(text, out var relay) ? relay : null).OfType<Uri>().Distinct()],
            Directories = [.. options.Directories.Select(text => new Uri(text))],
            TrustScores = options.TrustScores.Select(text => TryReadTrust(text, out var trust) ? trust : throw new FormatException(text)).GroupBy(one => one.Relay).ToDictionary(same => same.Key, same => same.Last().Points),
            MinScore = options.MinScore,
            MaxResults = options.MaxResults,
            AllowPlain = options.AllowPlain,
        },
        new DirectoryClient(directory => ClientFor(directory, http), DirectoryTimeout),
        clock);

    /// <summary>The relays to ask when somebody asks once: the configured ones, and the best that the directories name now.</summary>
    public static async Task<IReadOnlyList<PooledRelay>> FindAsync(RelayOptions options, RelayHttp http, TimeProvider clock, CancellationToken stop)
    {
        var finder = Finder(options, http, clock);
        await finder.AskAsync(progress: null, stop);
        var chosen = RelayChoice.Choose(finder.Find([]), new HashSet<Uri>(), new HashSet<Uri>(), options.MaxJoined);
        return [.. PeeringModule.Relays(options), .. chosen.Select(relay => new PooledRelay(relay.Url, Publishes: false, Configured: false))];
    }

    /// <summary>Whether the operator's own directories name the relay, or did when they were last asked: only what they name is remembered.</summary>
    public static bool IsFromDirectory(RankedRelay relay, RelayOptions options) =>
        relay.Sources.Any(source => source == RelayScoring.Memory || options.Directories.Any(text => new Uri(text).Host == source));

    /// <summary>Keys of the monitors that the operator pinned.</summary>
    public static IReadOnlySet<Hex32> Monitors(RelayOptions options) =>
        options.Monitors.Select(text => PublicKey.TryParse(text, out var key) ? Hex32.From(key) : throw new FormatException(text)).ToHashSet();

    /// <summary>Reads <c>wss://relay.example=3</c>.</summary>
    public static bool TryReadTrust(string text, out (Uri Relay, double Points) trust)
    {
        trust = default;
        var end = text.LastIndexOf('=');
        if (end < 0 || !RelayUrl.TryNormalize(text[..end], out var relay) || !int.TryParse(text[(end + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var points)) return false;
        trust = (relay, points);
        return true;
    }

    /// <summary>An address that the operator wrote as one may lead anywhere; a name leads where somebody else says, so it is judged.</summary>
    private static HttpClient ClientFor(Uri directory, RelayHttp http) =>
        directory.IsLoopback || IPAddress.TryParse(directory.DnsSafeHost, out _) ? http.Configured : http.Found;
}

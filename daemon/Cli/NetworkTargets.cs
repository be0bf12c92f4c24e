using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Cli;

/// <summary>Whom a measurement of the network may ask: those that the configuration names, and nobody else.</summary>
internal static class NetworkTargets
{
    private const int Most = 16;

    public static IReadOnlyList<Uri> Of(FedAiOptions options) =>
    [
        .. options.Node.Routers.Select(text => RouterLink.TryParse(text, out var link) ? link!.Named?.Base : null).OfType<Uri>()
            .Concat(options.Bench.Targets.Concat(options.Relays.Bootstrap).Concat(options.Relays.Publish).Select(target => new Uri(target.Split('#')[0])))
            .Distinct().Take(Most),
    ];

    /// <summary>Of those, the routers that upload and download can be measured to.</summary>
    public static IReadOnlyList<PeerEndpoint> Routers(FedAiOptions options) =>
    [
        .. options.Node.Routers.Select(text => RouterLink.TryParse(text, out var link) ? link!.Named : null).OfType<PeerEndpoint>()
            .Concat(options.Bench.Targets.Select(target => new Uri(target)).Where(target => target.Scheme is "http" or "https").Select(target => new PeerEndpoint(new Uri(target.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"), Named: true)))
            .Take(Most),
    ];
}

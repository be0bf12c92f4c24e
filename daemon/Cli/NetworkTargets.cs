using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;

namespace FedAi.Daemon.Cli;

/// <summary>Whom a measurement of the network may ask: those that the configuration names, and nobody else.</summary>
internal static class NetworkTargets
{
    private const int Most = 16;

    public static IReadOnlyList<Uri> Of(FedAiOptions options) =>
    [
        .. options.Node.Routers.Select(text => RouterLink.TryParse(text, out var link) ? link!.Named?.Base : null).OfType<Uri>()
            .Concat(options.Bench.Targets.Concat(options.Relays.Bootstrap).Concat(options.Relays.Publish).Select(target => new Uri(target)))
            .Distinct().Take(Most),
    ];
}

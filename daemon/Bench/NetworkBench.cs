using FedAi.Daemon.Capability;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Bench;

/// <summary>The way to others with upload and download; each of them is asked for 3 s at most, latency included.</summary>
internal static class NetworkBench
{
    /// <summary>Each may take 3 s, and sends and gets at most 2 MiB.</summary>
    private const int Rounds = 3, ShortRounds = 1;

    /// <summary>The same with upload and download to those of the routers that answered.</summary>
    public static async Task<NetworkProfile> WithThroughputAsync(NetworkProfile network, IReadOnlyList<PeerEndpoint> routers, PrivateNetworks networks, TimeProvider time, CancellationToken cancellationToken)
    {
        List<(PeerEndpoint, TimeSpan)> there = [];
        foreach (var router in routers)
            if (network.Targets.FirstOrDefault(target => target.LatencyMs is not null && IsSame(new Uri(target.Target), router.Base)) is { } target && target.Took < NetworkScan.Limit)
                there.Add((router, NetworkScan.Limit - target.Took));
        if (there.Count == 0) return network;
        var (up, down) = await ThroughputClient.MeasureAsync(there, networks, time, cancellationToken);
        return network with { UploadMbps = up, DownloadMbps = down };
    }

    /// <summary>Measures some rounds for a benchmark; gives the latency in ms, null when nobody answered.</summary>
    public static async Task<long?> MeasureAsync(RoundRobin robin, NodeBenchInput input, TimeProvider time, CancellationToken cancellationToken)
    {
        if (input.Targets.Count == 0)
        {
            robin.Skip("network: no router or relay is configured");
            return null;
        }

        List<NetworkProfile> rounds = [];
        try
        {
            while (rounds.Count < (input.Short ? ShortRounds : Rounds))
            {
                var network = await NetworkScan.MeasureAsync(MachineRoot.This, input.Targets, time, cancellationToken);
                if (network.LatencyMs is null) break;
                rounds.Add(await WithThroughputAsync(network, input.Routers, input.AllowPrivate, time, cancellationToken));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What was measured so far is kept.
        }

        if (rounds.Count == 0) robin.Skip("network: nobody answered");
        Add(FigureNames.NetworkLatency, "µs", network => network.LatencyMs);
        Add(FigureNames.NetworkJitter, "µs", network => network.JitterMs);
        Add(FigureNames.NetworkUpload, "kbit/s", network => network.UploadMbps);
        Add(FigureNames.NetworkDownload, "kbit/s", network => network.DownloadMbps);
        if (rounds.Count > 0 && rounds.TrueForAll(network => network.UploadMbps is null)) robin.Skip("upload and download: no router takes part in measuring them");
        return rounds.Count > 0 ? (long)BenchStatistics.Percentile([.. rounds.Select(network => network.LatencyMs!.Value)], 0.5) : null;

        void Add(string name, string unit, Func<NetworkProfile, double?> value) => robin.Add(name, unit, [.. rounds.Select(value).OfType<double>().Select(each => each * 1000)]);
    }

    /// <summary>Whatever path they are asked at.</summary>
    private static bool IsSame(Uri one, Uri other) => (one.Scheme, one.Host, one.Port) == (other.Scheme, other.Host, other.Port);
}

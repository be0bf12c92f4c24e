using System.Diagnostics;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Runners;

namespace FedAi.Daemon.Bench;

/// <summary>How long it takes to ask many peers at once and hold every answer's signatures and metering against what was asked.</summary>
internal sealed class FanOutWork(BenchNodes nodes, TimeProvider time) : IDisposable
{
    public const int Peers = 32;

    private readonly PeerHttp http = new(PrivateNetworks.Loopback);
    private readonly KeyPair key = KeyPair.Generate();

    /// <summary>Milliseconds until the last one answered; null when one failed.</summary>
    public async Task<double?> RoundAsync(long seed, CancellationToken cancellationToken)
    {
        var peers = new PeerInference(http, key, time);
        var began = Stopwatch.GetTimestamp();
        var ends = await Task.WhenAll(Enumerable.Range(0, Peers).Select(at => peers.RunAsync(
            new PeerTarget(new PeerEndpoint(nodes.Address(at)), nodes.Keys[at].PublicKey, nodes.Keys[at].PublicKey.Npub), RouterLoad.Request(seed + at, 200), cancellationToken)));
        return ends.All(end => end is InferenceEnd) ? Stopwatch.GetElapsedTime(began).TotalMilliseconds : null;
    }

    public void Dispose()
    {
        http.Dispose();
        key.Dispose();
    }
}

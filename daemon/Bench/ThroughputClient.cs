using System.Diagnostics;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Bench;

/// <summary>Measures upload and download to routers that take part in it, under a key that is used for nothing else.</summary>
internal static class ThroughputClient
{
    private const int Small = 64 * 1024, Large = 1 << 20;

    /// <summary>A line that takes longer for the small piece is measured by it alone.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(250);

    /// <summary>Megabits per second to the best of the routers; null when none takes part. All are asked at once, as they would be used.</summary>
    public static async Task<(double? Up, double? Down)> MeasureAsync(IReadOnlyList<(PeerEndpoint Endpoint, TimeSpan Limit)> routers, PrivateNetworks networks, TimeProvider time, CancellationToken cancellationToken)
    {
        using var http = new PeerHttp(networks);
        using var key = KeyPair.Generate();
        var found = await Task.WhenAll(routers.Select(router => RouterAsync(http, router.Endpoint, router.Limit, key, time, cancellationToken)));
        return (found.Max(one => one.Up), found.Max(one => one.Down));
    }

    private static async Task<(double? Up, double? Down)> RouterAsync(PeerHttp http, PeerEndpoint router, TimeSpan most, KeyPair key, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new PeerDeadline(most, time, cancellationToken);
        double? up = null, down = null;
        try
        {
            // The first opens the connection, and says what to take off.
            _ = await TakeAsync(http, router, key, 0, 0, time, limit.Token);
            var empty = await TakeAsync(http, router, key, 0, 0, time, limit.Token);
            foreach (var bytes in (int[])[Small, Large])
            {
                var sent = await TakeAsync(http, router, key, bytes, 0, time, limit.Token);
                up = Rate(bytes, sent - empty);
                var got = await TakeAsync(http, router, key, 0, bytes, time, limit.Token);
                down = Rate(bytes, got - empty);
                if (sent > Slow || got > Slow) break;
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || limit.Expired(exception))
        {
            // What was measured so far holds.
        }

        return (up, down);
    }

    private static async Task<TimeSpan> TakeAsync(PeerHttp http, PeerEndpoint router, KeyPair key, int up, int down, TimeProvider time, CancellationToken cancellationToken)
    {
        var envelope = EnvelopeSealer.Seal(new ThroughputProbe { Bytes = down, Padding = new string('0', up) }, ProtocolJson.Default.ThroughputProbe, key, time.GetUtcNow().ToUnixTimeMilliseconds());
        var asked = Stopwatch.GetTimestamp();
        using var answer = await http.PostAsync(router, "throughput", envelope, cancellationToken);
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException("the router does not take part");
        await using var body = new BoundedStream(await answer.Content.ReadAsStreamAsync(cancellationToken), Large + 1);
        await body.CopyToAsync(Stream.Null, cancellationToken);
        return Stopwatch.GetElapsedTime(asked);
    }

    private static double Rate(int bytes, TimeSpan took) => Math.Round(bytes * 8 / 1e6 / Math.Max(took.TotalSeconds, 1e-4), 1);
}

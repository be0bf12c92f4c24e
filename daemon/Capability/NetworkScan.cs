namespace FedAi.Daemon.Capability;

/// <summary>
/// The way to the configured targets, all at once: one connection, then small questions over it, as requests will go later. Without targets
/// nothing is sent anywhere.
/// </summary>
internal static class NetworkScan
{
    private const int Questions = 7;

    /// <summary>For one target, whatever it is asked for. One that answers gets half of it here, and the rest when its upload and download are measured.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public static async Task<NetworkProfile> MeasureAsync(MachineRoot root, IReadOnlyList<Uri> targets, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(targets.Select(target => TargetAsync(target, time, cancellationToken)));
        var answered = found.Where(target => target.LatencyMs is not null).ToList();
        return new NetworkProfile
        {
            Interface = Interface(root),
            LatencyMs = answered.Count > 0 ? Math.Round(answered.Average(target => target.LatencyMs!.Value), 3) : null,
            JitterMs = answered.Count > 0 ? Math.Round(answered.Average(target => target.JitterMs!.Value), 3) : null,
            Targets = found,
        };
    }

    private static async Task<TargetLatency> TargetAsync(Uri target, TimeProvider time, CancellationToken cancellationToken)
    {
        var address = new UriBuilder(target) { Scheme = target.Scheme is "wss" or "https" ? "https" : "http", Port = target.Port, UserName = "", Password = "" }.Uri;
        var began = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Limit, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        List<double> times = [];
        string? problem = null;
#pragma warning disable CA5359 // Only the clock is read: nothing that comes back is believed, so nobody has to prove who they are.
        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxConnectionsPerServer = 1,
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        });
#pragma warning restore CA5359
        try
        {
            for (var i = 0; i <= Questions && (times.Count < 2 || time.GetElapsedTime(began) < Limit / 2); i++)
            {
                var asked = time.GetTimestamp();
                using var question = new HttpRequestMessage(HttpMethod.Head, address);
                using var answer = await client.SendAsync(question, patience.Token);
                // The first one opened the connection.
                if (i > 0) times.Add(time.GetElapsedTime(asked).TotalMilliseconds);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            problem = times.Count > 0 ? null : exception is HttpRequestException ? "cannot be reached" : "did not answer within 3 s";
        }

        var took = time.GetElapsedTime(began);
        if (times.Count == 0) return new TargetLatency(target.ToString(), null, null, problem) { Took = took };
        times.Sort();
        var mean = times.Average();
        return new TargetLatency(target.ToString(), Math.Round(times[times.Count / 2], 3), Math.Round(Math.Sqrt(times.Average(each => (each - mean) * (each - mean))), 3), null) { Took = took };
    }

    private static string? Interface(MachineRoot root)
    {
        var row = (root.Text("proc/net/route") ?? "").Split('\n').Select(line => line.Split('\t')).FirstOrDefault(parts => parts is [_, "00000000", ..]);
        return row is null ? null : root.Exists($"sys/class/net/{row[0]}/wireless") || root.Exists($"sys/class/net/{row[0]}/phy80211") ? "wireless" : "ethernet";
    }
}

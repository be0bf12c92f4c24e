using System.Diagnostics.Metrics;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Router;

/// <summary>
/// Looks whether the nodes are still there, more often while the router is on probation (RPR-17). One that does not answer stands last for a
/// while, as after a failed request, before a client had to find it out; any answer at all is a sign of life.
/// </summary>
internal sealed class NodeHealthService(NodeDirectory nodes, PeerHttp http, RouterStanding standing, RouterOptions options, AuditLog audit, TimeProvider time) : BackgroundService
{
    /// <summary>Nodes looked at in one round; of more, the next ones have their turn in the next.</summary>
    private const int MaxAtOnce = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly Meter Meter = new("FedAi.Router");
    private static readonly Counter<long> Checks = Meter.CreateCounter<long>("fedai.router.health.checks", description: "Looks at whether a node is there, by result.");
    private static readonly Gauge<long> Interval = Meter.CreateGauge<long>("fedai.router.health.interval.seconds", description: "Seconds between two looks at whether the nodes are there.");
    private static readonly Gauge<long> Probation = Meter.CreateGauge<long>("fedai.router.probation", description: "1 while this router is on probation.");

    private int turn;

    public TimeSpan Pause { get; } = TimeSpan.FromSeconds(standing.IsOnProbation ? options.Probation.HealthIntervalSeconds : options.HealthIntervalSeconds);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Interval.Record((long)Pause.TotalSeconds);
        Probation.Record(standing.IsOnProbation ? 1 : 0);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested) await LookAsync(stoppingToken);
        }
    }

    /// <summary>One round.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var active = nodes.Current.Where(node => node.IsActive(now)).ToList();
        if (active.Count > 0)
        {
            var first = turn % active.Count;
            turn = first + Math.Min(MaxAtOnce, active.Count);
            await Task.WhenAll(active.Skip(first).Concat(active.Take(first)).Take(MaxAtOnce).Select(node => LookAtAsync(node, cancellationToken)));
        }

        now = time.GetUtcNow().ToUnixTimeMilliseconds();
        NodeMetrics.ShowCooling(active.Count(node => node.IsCooling(node.Load.Observe(now))));
    }

    private async Task LookAtAsync(NodeEntry node, CancellationToken cancellationToken)
    {
        using var limit = new PeerDeadline(Patience, time, cancellationToken);
        try
        {
            await http.GreetAsync(node.Endpoint, limit.Token);
            Count("ok");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The router stops.
        }
#pragma warning disable CA1031 // Whatever is wrong with one node, its channel disposed of meanwhile for one, must not end the looks at all others, and the router.
        catch (Exception)
#pragma warning restore CA1031
        {
            Count("failed");
            node.Load.Missed(time.GetUtcNow().ToUnixTimeMilliseconds());
            audit.Add(AuditMode.Basic, new AuditEntry("node-health", "node-unreachable") { Node = node.Key });
        }
    }

    private static void Count(string result) => Checks.Add(1, new KeyValuePair<string, object?>("result", result));
}

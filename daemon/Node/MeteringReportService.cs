using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Node;

/// <summary>Brings records of runs that were cut short to their routers, and tries again while the router is away and the record is young enough to be taken.</summary>
internal sealed partial class MeteringReportService(NodeMetering metering, RouterCallClient router, TimeProvider time, ILogger<MeteringReportService> logger) : BackgroundService
{
    /// <summary>Routers take a record only within their clock window of five minutes.</summary>
    private const long YoungMs = 240_000;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var report in metering.Reports.ReadAllAsync(stoppingToken)) await SendAsync(report, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was not sent stays in this node's own books.
        }
    }

    private async Task SendAsync(MeteringReport report, CancellationToken stopping)
    {
        while (true)
        {
            var refusal = await router.PostAsync(report.Router, "metering", report.Record, ProtocolJson.Default.MeteringRecord, stopping);
            if (refusal is null) return;
            var young = time.GetUtcNow().ToUnixTimeMilliseconds() - report.Record.Ts < YoungMs;
            if (!young || refusal.Code is not (ErrorCode.RouterUnreachable or ErrorCode.ReplayFloor or ErrorCode.Draining or ErrorCode.StorageFull))
            {
                LogNotTaken(report.Record.RequestId, report.Router.Npub, refusal.Code.Wire());
                return;
            }

            await Task.Delay(Retry, time, stopping);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The record of request {RequestId}, cut short, was not taken by router {Router}: {Code}; it is kept in this node's books")]
    private partial void LogNotTaken(string requestId, string router, string code);
}

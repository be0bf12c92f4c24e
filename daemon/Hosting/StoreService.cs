using FedAi.Daemon.Store;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Hosting;

/// <summary>Deletes what the store has kept long enough (FAX-11), and fails, which ends the process, when the store's writer has ended.</summary>
internal sealed partial class StoreService(Database database, StoreTables tables, StoreOptions options, TimeProvider time, ILogger<StoreService> logger) : BackgroundService
{
    // Envelopes older than this are refused by their time alone, so their nonces are of no use (WIRE 3.1).
    private const long NonceWindowMs = 300_000;

    // A node that has been silent this long may lose its name to another key.
    private const long NodeDays = 30;

    // Where a router's relay was may still be right when its announcement has long expired.
    private const int HeardDays = 7;

    // What API keys used is shown per period; the last three months of it.
    private const int UsageDays = 92;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await ForgetAsync();
            var pause = Task.Delay(Interval, time, stoppingToken);
            if (await Task.WhenAny(pause, database.Stopped) == database.Stopped) await database.Stopped;
            if (stoppingToken.IsCancellationRequested) return;
        }
    }

    /// <summary>One round.</summary>
    internal async Task ForgetAsync()
    {
        var now = time.GetUtcNow();
        Refusal?[] answers =
        [
            await tables.Replay.ForgetAsync(now.ToUnixTimeMilliseconds() - NonceWindowMs),
            await tables.Metering.ForgetAsync(now.AddDays(-options.MeteringDays).ToUnixTimeMilliseconds()),
            await tables.Nodes.ForgetAsync(now.AddDays(-NodeDays).ToUnixTimeMilliseconds()),
            await tables.Experience.ForgetAsync((now - PeerExperience.Lifetime).ToUnixTimeMilliseconds()),
            await tables.Heard.ForgetAsync(now.AddDays(-HeardDays).ToUnixTimeMilliseconds()),
            await tables.ApiKeys.ForgetAsync(now.AddDays(-UsageDays).ToUnixTimeMilliseconds()),
        ];
        if (answers.OfType<Refusal>().FirstOrDefault() is { } refusal) LogNotForgotten(refusal.Hint);
    }

    [LoggerMessage(LogLevel.Warning, "old records were not deleted: {Reason}")]
    private partial void LogNotForgotten(string? reason);
}

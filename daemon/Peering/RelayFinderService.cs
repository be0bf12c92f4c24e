using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Keeps the pool joined to good relays: the configured ones always, beside them the best that were found. Start-up never waits for it;
/// what was found last time is joined at once, and every connection is its own probe.
/// </summary>
internal sealed partial class RelayFinderService(RelaySearch search, JoinedRelays joined, RelayOptions options, TimeProvider clock, ILogger<RelayFinderService> logger) : BackgroundService
{
    /// <summary>How often bad relays are swapped for others.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(15);

    /// <summary>The wait after a search in which a directory failed; doubles up to the usual one.</summary>
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);

    private readonly Random random = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        search.Restore();
        joined.Join(search.Found);
        var usual = TimeSpan.FromMinutes(options.RefreshMinutes);
        for (var failures = 0; ;)
        {
            await search.AskDirectoriesAsync(stoppingToken);
            failures = search.Failed.Any() ? failures + 1 : 0;
            foreach (var failed in search.Failed) LogFailed(failed.Directory, failed.Problem!);
            joined.Join(search.Found);
            await search.AskRelaysAsync(stoppingToken);
            joined.Join(search.Found);
            LogFound(search.Found.Count, joined.Count);

            // Half of it random, so that daemons do not ask in step.
            var pause = RelayBackoff.Delay(Math.Max(1, failures), random.NextDouble(), failures > 0 ? FirstRetry : usual, usual);
            var since = clock.GetTimestamp();
            while (pause - clock.GetElapsedTime(since) is { Ticks: > 0 } left)
            {
                await Task.Delay(left < LookInterval ? left : LookInterval, clock, stoppingToken);
                joined.Join(search.Found);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "found {Found} relays, joined {Joined} of them beside the configured ones")]
    private partial void LogFound(int found, int joined);

    [LoggerMessage(LogLevel.Warning, "directory {Directory} {Problem}")]
    private partial void LogFailed(Uri directory, string problem);
}

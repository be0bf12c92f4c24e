using FedAi.Daemon.Trust;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Keeps this daemon connected to the relays that other routers serve, so that the federation hears of itself when every public relay
/// is gone. Routers publish there too (DECISIONS E14).
/// </summary>
internal sealed partial class PeerRelayService(RouterDirectory directory, HeardAnnouncements heard, TrustScores trust, PeerRelayPool joined, TimeProvider clock, ILogger<PeerRelayService> logger) : BackgroundService
{
    /// <summary>Announcements come in bursts; the first is acted upon at once, the others together.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        IReadOnlyList<PeerRelay> chosen = [.. heard.Routers().Select(known => joined.RelayOf(known.Router, known.Profile)).OfType<PeerRelay>().Where(IsWelcome).Take(PeerRelayChoice.Most)];
        while (true)
        {
            var change = Task.WhenAny(directory.NextChange(), trust.NextChange());
            var announced = directory.Current.OrderByDescending(router => router.CreatedAt).Select(router => joined.RelayOf(router.Key, router.Profile)).OfType<PeerRelay>().Where(IsWelcome).ToList();
            chosen = PeerRelayChoice.Choose(announced, [.. chosen.Where(IsWelcome)], Trusts);
            if (joined.Join(chosen, Trusts)) LogJoined(chosen.Count);
            await change.WaitAsync(stoppingToken);
            await Task.Delay(Pause, clock, stoppingToken);
        }
    }

    /// <summary>What was heard and joined before may have been blocked since.</summary>
    private bool IsWelcome(PeerRelay relay) => !trust.KeepsOut(relay.Router);

    private bool Trusts(PeerRelay relay) => trust.Judge(relay.Router) is PeerStanding.Known or PeerStanding.Trusted;

    [LoggerMessage(LogLevel.Information, "connected to the relays of {Count} routers")]
    private partial void LogJoined(int count);
}

namespace FedAi.Daemon.Peering;

/// <summary>Publishes the list of this router's relays (NIP-65) at the start and before relays forget it, so that whoever trusts the router finds where it can be met.</summary>
internal sealed class RelayListService(AnnouncementSigner signer, RelayOutlet outlet, RelayOptions relays, HttpOptions http, PublicAddress address, TimeProvider clock) : BackgroundService
{
    /// <summary>Relays like ours keep a stranger's list for a day.</summary>
    public static readonly TimeSpan Refresh = TimeSpan.FromHours(12);

    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var tags = OwnRelayList.Tags(RelayEndpoints.UrlOf(await address.Known.WaitAsync(stoppingToken)), relays, http.AllowPrivate);
        while (true)
        {
            var (signed, _) = await signer.SignRelaysAsync(tags, clock.GetUtcNow().ToUnixTimeSeconds());
            if (signed is not null) await outlet.PublishAsync(signed, stoppingToken);
            await Task.Delay(signed is null ? Retry : Refresh, clock, stoppingToken);
        }
    }
}

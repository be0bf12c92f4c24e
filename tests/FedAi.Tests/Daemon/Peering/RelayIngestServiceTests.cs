using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Daemon.Peering;

public sealed class RelayIngestServiceTests
{
    [Fact]
    public async Task Announcement_DroppedForWantOfTrust_IsTakenWhenItsAuthorGainsIt()
    {
        using var router = KeyPair.Generate();
        await using var relay = await OwnRelay.StartAsync();
        await using (var publishing = await RunningPool.StartAsync(relay.Url))
            await publishing.Pool.PublishAsync(new SampleAnnouncement(router, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()).SignCaps(), default);
        var trust = Trust(PeerLists.Empty, KeyPair.Generate().PublicKey);
        var directory = new RouterDirectory(TimeProvider.System);
        using var http = new HttpClient();
        var pool = new RelayPool([new PooledRelay(relay.Url, Publishes: false)], new RelayPoolOptions(), TimeProvider.System, NullLogger<RelayPool>.Instance, identity: null, new RelayHttp(http, http));
        await using var store = new TestStore();
        var ingest = new RelayIngest(new ControlMessageHandler(directory, PrivateNetworks.Loopback), trust, new FederationNetwork("main"), null, TimeProvider.System);
        using var service = new RelayIngestService(pool, ingest, new HeardAnnouncements(store.Tables.Heard, ingest, trust, TimeProvider.System), trust);
        await service.StartAsync(default);

        var change = directory.NextChange();
        trust.Publish(new TrustSnapshot(new Dictionary<Hex32, int> { [Hex32.From(router.PublicKey)] = 500 }, new HashSet<Hex32>(), hasWeb: true));

        await change.WaitAsync(Patience.Limit);
        directory.Current.ShouldHaveSingleItem().Key.ShouldBe(router.PublicKey);
        await service.StopAsync(default);
    }

    private static TrustScores Trust(PeerLists lists, params PublicKey[] trusted)
    {
        var trust = new TrustScores(lists, new WotOptions());
        trust.Publish(new TrustSnapshot(trusted.ToDictionary(Hex32.From, _ => 500), new HashSet<Hex32>(), hasWeb: true));
        return trust;
    }
}

using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Peering;

public sealed class RouterDirectoryTests
{
    private const int Room = 2000;

    private readonly ManualTime clock = new();
    private readonly PublicKey friend = NewKey();
    private readonly RouterDirectory directory;

    public RouterDirectoryTests() =>
        directory = new RouterDirectory(clock, new TrustScores(PeerLists.Empty with { Follow = new HashSet<PublicKey> { friend } }, new WotOptions()));

    [Fact]
    public void Observe_FullOfStrangers_KnownNewcomerTakesAPlaceAndStrangersWait()
    {
        for (var i = 0; i < Room; i++) Observe(NewKey()).ShouldBeTrue();

        Observe(NewKey()).ShouldBeFalse();
        Observe(friend).ShouldBeTrue();

        directory.Find(friend).ShouldNotBeNull();
        directory.Current.Count.ShouldBe(Room);
        Observe(NewKey()).ShouldBeFalse();
        directory.Find(friend).ShouldNotBeNull();
    }

    [Fact]
    public void Observe_StrangerSaysADay_HoldsForThreeHours()
    {
        var stranger = NewKey();
        foreach (var key in (PublicKey[])[stranger, friend]) Observe(key, TimeSpan.FromHours(24)).ShouldBeTrue();

        clock.Move(TimeSpan.FromHours(3) - TimeSpan.FromSeconds(1));
        directory.Find(stranger).ShouldNotBeNull();
        clock.Move(TimeSpan.FromSeconds(1));

        directory.Find(stranger).ShouldBeNull();
        directory.Find(friend).ShouldNotBeNull();
    }

    [Fact]
    public void Current_StatusEnded_LoadIsUnknownThoughNothingElseChanged()
    {
        Observe(friend).ShouldBeTrue();
        var now = clock.GetUtcNow();
        directory.Observe(friend, Load(queued: 3), new HeardIn(default, FedAiKinds.StatusAnnounce, "", now.ToUnixTimeSeconds()), now.AddMinutes(2).ToUnixTimeMilliseconds()).ShouldBeTrue();
        directory.Current.Single().Load.ShouldNotBeNull().QueueDepth.ShouldBe(3);

        clock.Move(TimeSpan.FromMinutes(2));

        directory.Current.Single().Load.ShouldBeNull();
    }

    private static LoadSummary Load(double queued) =>
        new() { QueueDepth = queued, P95LatencyMs = 40, CpuPct = 10, RamPct = 20, ActiveJobs = 1, BackpressureState = BackpressureState.Normal };

    private bool Observe(PublicKey key, TimeSpan? holds = null)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return directory.Observe(AnnouncedRouter.At(key, new Uri("http://127.0.0.1:1/"), now, "demo") with { ExpiresAtMs = now + (long)(holds ?? TimeSpan.FromHours(3)).TotalMilliseconds });
    }

    private static PublicKey NewKey()
    {
        using var key = KeyPair.Generate();
        return key.PublicKey;
    }
}

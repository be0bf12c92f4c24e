using System.Text.Json;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Peering;

public sealed class AnnouncementBuilderTests : IDisposable
{
    private const long Now = 1_800_000_000_123;

    private readonly KeyPair key = KeyPair.Generate();

    public void Dispose() => key.Dispose();

    [Fact]
    public void Build_Offer_GivesCapsAndStatusWithTheirAddresses()
    {
        var sample = new SampleAnnouncement(key, Now);

        sample.Caps.Address.ShouldBe("fedai:main:caps");
        sample.Status.Address.ShouldBe("fedai:main:status");
        var caps = sample.Caps.Read(ProtocolJson.Default.CapabilityProfile)!;
        caps.RouterId.ShouldBe(key.PublicKey.Npub);
        caps.Timestamp.ShouldBe(Now);
        caps.Expiry.ShouldBe(Now + 3 * 3600 * 1000);
        var status = sample.Status.Read(ProtocolJson.Default.StatusPayload)!;
        status.LoadSummary.ActiveJobs.ShouldBe(3);
    }

    [Fact]
    public void Build_MoreModelsThanAnEventHolds_LeavesTheLastOut()
    {
        var profile = new SampleAnnouncement(key, Now).Caps.Read(ProtocolJson.Default.CapabilityProfile)! with
        {
            ModelCaps = [.. Enumerable.Range(0, 1000).Select(i => new ModelCap { ModelId = $"model-{i}-{new string('x', 50)}", ContextWindow = 4096 })],
        };
        var load = new SampleAnnouncement(key, Now).Status.Read(ProtocolJson.Default.StatusPayload)!.LoadSummary;

        var caps = AnnouncementBuilder.Build(new RouterOffer(profile, load), key.PublicKey.Npub, "main", Now)[0];

        caps.Payload.Length.ShouldBeLessThanOrEqualTo(16_384);
        var kept = JsonSerializer.Deserialize(caps.Payload.Span, ProtocolJson.Default.CapabilityProfile)!.ModelCaps;
        kept.Count.ShouldBeGreaterThan(50);
        kept[0].ModelId.ShouldStartWith("model-0-");
    }

    [Fact]
    public void Sign_Announcement_CarriesEveryTagOnce()
    {
        var signed = new SampleAnnouncement(key, Now) { ExpiryMs = Now + 500 }.SignCaps();

        signed.Tags.Select(tag => tag[0]).ShouldBe(["d", "n", "t", "v", "msg", "exp", "expiration"]);
        signed.TagValue("exp").ShouldBe("1800000000623");
        signed.TagValue("expiration").ShouldBe("1800000001", "rounded up, so that no relay drops it too early");
        signed.TagValue("msg").ShouldBe($"{key.PublicKey.Npub}:caps:{Now}");
        signed.CreatedAt.ShouldBe(1_800_000_000);
    }

    [Fact]
    public void Withdraw_Announcement_SameAddressAndOverAtOnce()
    {
        var withdrawal = AnnouncementBuilder.Withdraw(new SampleAnnouncement(key, Now).Caps, Now + 1000);

        withdrawal.Address.ShouldBe("fedai:main:caps");
        withdrawal.ExpiryMs.ShouldBe(Now + 1000);
        ControlEvents.Sign(key, withdrawal, 5).ExpirationSeconds.ShouldBe(5);
    }

    [Theory]
    [InlineData(ControlMessageType.CapsAnnounce, null, true, false, true)]
    [InlineData(ControlMessageType.CapsAnnounce, 0L, true, false, true)]
    [InlineData(ControlMessageType.CapsAnnounce, 0L, false, true, false)]
    [InlineData(ControlMessageType.CapsAnnounce, 7_199_999L, false, false, false)]
    [InlineData(ControlMessageType.CapsAnnounce, 7_200_000L, false, false, true)]
    [InlineData(ControlMessageType.StatusAnnounce, null, true, false, true)]
    [InlineData(ControlMessageType.StatusAnnounce, 299_999L, true, false, false)]
    [InlineData(ControlMessageType.StatusAnnounce, 0L, true, true, true)]
    [InlineData(ControlMessageType.StatusAnnounce, 300_000L, true, false, true)]
    [InlineData(ControlMessageType.StatusAnnounce, 300_000L, false, false, false)]
    public void IsDue_AgeAndChange_DecideTogether(ControlMessageType type, long? ageMs, bool changed, bool turned, bool expected) =>
        AnnouncementPolicy.IsDue(type, ageMs, changed, turned).ShouldBe(expected);
}

using System.Text;
using FedAi.Protocol.Crypto;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Tests.RelayDiscovery.Connections;

public sealed class Nip11DocumentTests
{
    private const long Now = 1_700_000_000;

    [Fact]
    public void TryRead_Document_KnowsEveryLimit()
    {
        var read = Read("""
            {"name":"x","supported_nips":[1,11,42,"a",1.5],"retention":[{"kinds":[0,1,[5,7]],"time":3600},{"kinds":[4,[40,49]],"time":0},{"kinds":[30020],"count":0},{"time":0}],
             "limitation":{"max_message_length":16384,"max_subscriptions":300,"max_limit":5000,"max_event_tags":100,"max_content_length":8196,"min_pow_difficulty":30,
             "auth_required":true,"payment_required":true,"restricted_writes":true,"created_at_lower_limit":31536000,"created_at_upper_limit":3}}
            """)!;

        read.SupportedNips.ShouldBe([1, 11, 42]);
        read.KindsNotKept.ShouldBe([(4, 4), (40, 49), (30020, 30020)]);
        (read.MaxMessageLength, read.MaxSubscriptions, read.MaxLimit, read.MaxEventTags, read.MaxContentLength, read.MinPowDifficulty).ShouldBe((16384, 300, 5000, 100, 8196, 30));
        (read.AuthRequired, read.PaymentRequired, read.RestrictedWrites).ShouldBe((true, true, true));
        (read.CreatedAtLowerLimit, read.CreatedAtUpperLimit).ShouldBe((31536000, 3));
    }

    [Theory]
    [InlineData("""{"limitation":null}""")]
    [InlineData("""{"limitation":[]}""")]
    [InlineData("""{"limitation":{"max_message_length":"16384","max_limit":-1,"max_subscriptions":0,"auth_required":"yes","payment_required":1,"max_event_tags":1.5,"max_content_length":99999999999999}}""")]
    [InlineData("""{"supported_nips":{},"retention":[1,null,{"kinds":"all","time":0},{"kinds":[[1],[1,2,3],["a","b"]],"time":0}]}""")]
    [InlineData("{}")]
    public void TryRead_MembersThatMakeNoSense_CountAsNotSaid(string json)
    {
        var read = Read(json)!;

        (read with { KindsNotKept = [], SupportedNips = [] }).ShouldBe(new Nip11Document { KindsNotKept = [], SupportedNips = [] });
        read.KindsNotKept.ShouldBeEmpty();
        read.SupportedNips.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("\"relay\"")]
    [InlineData("<html>")]
    [InlineData("{\"limitation\":")]
    [InlineData("{\"\\ud800xxxxxx\":1}")]
    public void TryRead_NoObject_IsNoDocument(string json) => Read(json).ShouldBeNull();

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"limitation":{"max_message_length":100}}""", RelayVerdict.Unfit)]
    [InlineData("""{"limitation":{"max_message_length":20000,"max_content_length":8192}}""", RelayVerdict.Unfit)]
    [InlineData("""{"limitation":{"max_message_length":20000,"max_content_length":16384,"max_event_tags":4}}""", null)]
    [InlineData("""{"limitation":{"max_event_tags":3}}""", RelayVerdict.Unfit)]
    [InlineData("""{"limitation":{"min_pow_difficulty":8}}""", RelayVerdict.ProofOfWork)]
    [InlineData("""{"limitation":{"created_at_upper_limit":60}}""", null)]
    [InlineData("""{"limitation":{"created_at_lower_limit":60}}""", null)]
    [InlineData("""{"retention":[{"kinds":[[30000,39999]],"time":0}]}""", RelayVerdict.Unfit)]
    [InlineData("""{"retention":[{"kinds":[30020],"time":60}]}""", null)]
    public void Refuses_AnnouncementOf16Kib_AsTheDocumentSays(string json, RelayVerdict? expected) => Refuses(json, Now).ShouldBe(expected);

    [Theory]
    [InlineData("""{"limitation":{"created_at_upper_limit":60}}""", Now - 61, RelayVerdict.Unfit)]
    [InlineData("""{"limitation":{"created_at_lower_limit":60}}""", Now + 61, RelayVerdict.Unfit)]
    public void Refuses_EventOfAnotherTime_ByTheRelaysClock(string json, long relayNow, RelayVerdict expected) => Refuses(json, relayNow).ShouldBe(expected);

    private static RelayVerdict? Refuses(string json, long relayNow)
    {
        using var key = KeyPair.Generate();
        return Read(json)!.Refuses(SampleEvents.Announce(key, content: new string('x', 16_384)), 17_000, relayNow);
    }

    private static Nip11Document? Read(string json) => Nip11Document.TryRead(Encoding.UTF8.GetBytes(json));
}

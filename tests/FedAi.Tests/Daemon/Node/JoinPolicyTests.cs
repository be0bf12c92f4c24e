using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Node;

public sealed class JoinPolicyTests : IDisposable
{
    private readonly KeyPair[] keys = [.. Enumerable.Range(0, 4).Select(_ => KeyPair.Generate())];

    public void Dispose()
    {
        foreach (var key in keys) key.Dispose();
    }

    [Fact]
    public void Choose_AsManyAsWanted_TheMostTrusted() =>
        Choose(most: 2, trust: [500, 400, 1000, 399]).ShouldBe([2, 0]);

    [Fact]
    public void Choose_NoneWanted_IsNobody() => Choose(most: 0, trust: [1000, 1000, 1000, 1000]).ShouldBeEmpty();

    [Fact]
    public void Choose_KeptOutOrTooLittleTrusted_IsNobody() => Choose(most: 4, trust: [null, 399, 0, null]).ShouldBeEmpty();

    [Fact]
    public void Choose_JoinedOne_StaysThoughABetterOneAppears() => Choose(most: 1, trust: [400, 1000, 0, 0], joined: [0]).ShouldBe([0]);

    [Fact]
    public void Choose_OneThatDoesNotTakeThisNode_MakesRoomAndIsTakenForWantOfOthers()
    {
        Choose(most: 1, trust: [1000, 400, 0, 0], joined: [0], fails: [0]).ShouldBe([1]);
        Choose(most: 2, trust: [1000, 400, 0, 0], joined: [0], fails: [0]).ShouldBe([1, 0]);
    }

    [Fact]
    public void Choose_AddressThatOthersReadAlong_IsNotJoined() =>
        Choose(most: 4, trust: [1000, 1000, 1000, 1000], address: "http://11.0.0.1:8480/").ShouldBeEmpty();

    private IEnumerable<int> Choose(int most, int?[] trust, int[]? joined = null, int[]? fails = null, string address = "https://router.example/")
    {
        var profile = new SampleAnnouncement(keys[0], 0).Caps.Read(ProtocolJson.Default.CapabilityProfile)!;
        var heard = keys.Select(key => new KnownRouter(key.PublicKey, new Uri(address), profile, 0, long.MaxValue)).ToList();
        int Of(PublicKey key) => Array.FindIndex(keys, one => one.PublicKey.Equals(key));
        return JoinPolicy.Choose(heard, [.. (joined ?? []).Select(index => keys[index].PublicKey)], new JoinOptions { Most = most }, key => trust[Of(key)], key => fails?.Contains(Of(key)) == true).Select(Of);
    }
}

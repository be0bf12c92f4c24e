using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Peering;

public sealed class PeerRelayChoiceTests
{
    [Fact]
    public void Choose_MoreThanThereIsRoomFor_TrustedOnesFirstThenThoseThatAreJoined()
    {
        var strangers = Enumerable.Range(0, 20).Select(i => Relay($"stranger{i}")).ToList();
        var friends = Enumerable.Range(0, 3).Select(i => Relay($"friend{i}")).ToList();

        var chosen = PeerRelayChoice.Choose([.. strangers, .. friends], [strangers[19], strangers[18]], friends.Contains);

        chosen.ShouldBe([.. friends, strangers[18], strangers[19], .. strangers[..3]]);
    }

    [Fact]
    public void Choose_RouterFellSilent_ItsRelayStaysAsLongAsThereIsRoom()
    {
        var (silent, others) = (Relay("silent"), Enumerable.Range(0, 8).Select(i => Relay($"other{i}")).ToList());

        PeerRelayChoice.Choose(others[..7], [silent], _ => false).ShouldContain(silent);
        PeerRelayChoice.Choose(others, [silent], _ => false).ShouldBe(others);
    }

    [Fact]
    public void Choose_RouterMoved_ItsNewRelayTakesThePlace()
    {
        var old = Relay("old");
        var moved = old with { Url = new Uri("wss://new.example/relay") };

        PeerRelayChoice.Choose([moved], [old], _ => false).ShouldBe([moved]);
    }

    [Fact]
    public void Choose_StrangerNamesTheRelayOfATrustedRouter_TheTrustedWordHolds()
    {
        var friend = Relay("friend");
        var stranger = Relay("stranger") with { Url = friend.Url, TlsSpki = ["00"] };

        PeerRelayChoice.Choose([stranger, friend], [], relay => relay == friend).ShouldBe([friend]);
        PeerRelayChoice.Choose([stranger, friend], [stranger], relay => relay == friend).ShouldBe([friend]);
    }

    [Theory]
    [InlineData("wss://router.example/relay", true)]
    [InlineData("ws://127.0.0.1:8480/relay", true)]
    [InlineData("ws://router.example/relay", false)]
    [InlineData("https://router.example/relay", false)]
    [InlineData("wss://user@router.example/relay", false)]
    [InlineData("wss://אa.example/relay", false)]
    [InlineData("", false)]
    public void Of_WhatARouterAnnounces_OnlyRelaysCount(string endpoint, bool counts)
    {
        var router = AnnouncedRouter.At(new Uri("https://router.example/"), "demo");

        var relay = PeerRelay.Of(router.Key, router.Profile with { TransportEndpoints = [router.Base.ToString(), endpoint], TlsSpki = ["ab"] }, allowPlain: false);

        (relay is not null).ShouldBe(counts);
        if (counts) relay!.TlsSpki.ShouldBe(["ab"]);
    }

    private static PeerRelay Relay(string name) => new(KeyPair.Generate().PublicKey, new Uri($"wss://{name}.example/relay"), null);
}

using FedAi.Daemon.Peering;

namespace FedAi.Tests.Daemon.Peering;

public sealed class ConfiguredRelaysTests
{
    private static readonly string Pin = new('a', 64);

    [Theory]
    [InlineData("wss://relay.example/#", "wss://relay.example")]
    [InlineData("wss://relay.example", "wss://relay.example/#")]
    public void Relays_OneInBothListsSpelledDifferently_IsPublishedToUnderItsPin(string bootstrap, string publish)
    {
        var relay = PeeringModule.Relays(new RelayOptions { Bootstrap = [Whole(bootstrap)], Publish = [Whole(publish)] }).ShouldHaveSingleItem();

        relay.Publishes.ShouldBeTrue();
        relay.Client.ShouldNotBeNull("only a pinned one has a client of its own");
    }

    [Fact]
    public void Relays_OnlyToBootstrap_AreReadOnly() =>
        PeeringModule.Relays(new RelayOptions { Bootstrap = ["wss://relay.example"] }).ShouldHaveSingleItem().Publishes.ShouldBeFalse();

    private static string Whole(string text) => text.EndsWith('#') ? text + Pin : text;
}

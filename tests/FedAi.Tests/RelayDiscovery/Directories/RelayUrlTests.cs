using FedAi.RelayDiscovery.Directories;

namespace FedAi.Tests.RelayDiscovery.Directories;

public sealed class RelayUrlTests
{
    [Theory]
    [InlineData("wss://relay.example", false, true)]
    [InlineData("wss://relay.example/relay", false, true)]
    [InlineData("ws://127.0.0.1:8480/relay", false, true)]
    [InlineData("ws://localhost:8480/relay", false, true)]
    [InlineData("ws://[::1]/relay", false, true)]
    [InlineData("ws://relay.example", true, true)]
    [InlineData("ws://relay.example", false, false)]
    [InlineData("ws://192.168.0.2", false, false)]
    [InlineData("https://relay.example", true, false)]
    [InlineData("ftp://relay.example", true, false)]
    [InlineData("relay.example:8080", true, false)]
    [InlineData("wss://user:pass@relay.example", true, false)]
    [InlineData("wss://", true, false)]
    [InlineData("", true, false)]
    [InlineData(null, true, false)]
    public void TryParse_Address_IsTakenOrExplained(string? text, bool allowPlain, bool expected)
    {
        RelayUrl.TryParse(text, allowPlain, out var relay, out var problem).ShouldBe(expected);
        (relay is null).ShouldBe(!expected);
        (problem == "").ShouldBe(expected);
    }
}

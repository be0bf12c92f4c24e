using FedAi.Daemon.Peering;

namespace FedAi.Tests.Daemon.Peering;

public sealed class NamedRelayTests
{
    private static readonly string Hash = new('a', 64), Next = new('0', 64);

    [Fact]
    public void TryParse_WithAndWithoutHashes_SeparatesThem()
    {
        Pins("wss://relay.example/relay").ShouldBeNull();
        Pins($"wss://relay.example/relay#{Hash}").ShouldBe([Hash]);
        Pins($"wss://relay.example/relay#{Hash}#{Next}").ShouldBe([Hash, Next]);
        NamedRelay.TryParse($"wss://relay.example/relay#{Hash}", allowPlain: false, out var relay, out _).ShouldBeTrue();
        relay!.Url.AbsoluteUri.ShouldBe("wss://relay.example/relay");
    }

    [Theory]
    [InlineData("wss://relay.example/#")]
    [InlineData("wss://relay.example/#abc")]
    [InlineData("wss://relay.example/#zaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("ws://127.0.0.1/relay#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("ftp://relay.example")]
    [InlineData(null)]
    public void TryParse_WhatIsNoRelay_IsExplained(string? text)
    {
        NamedRelay.TryParse(text, allowPlain: true, out var relay, out var problem).ShouldBeFalse();
        (relay, problem.Length > 0).ShouldBe((null, true));
    }

    private static IReadOnlyList<string>? Pins(string text)
    {
        NamedRelay.TryParse(text, allowPlain: false, out var relay, out var problem).ShouldBeTrue(problem);
        return relay!.TlsSpki;
    }
}

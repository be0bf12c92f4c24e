using FedAi.RelayDiscovery.Directories;
using FedAi.TestKit;

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
    [InlineData("wss://אa.example/relay", true, false)]
    [InlineData("wss://", true, false)]
    [InlineData("", true, false)]
    [InlineData(null, true, false)]
    public void TryParse_Address_IsTakenOrExplained(string? text, bool allowPlain, bool expected)
    {
        RelayUrl.TryParse(text, allowPlain, out var relay, out var problem).ShouldBe(expected);
        (relay is null).ShouldBe(!expected);
        (problem == "").ShouldBe(expected);
    }

    [Theory]
    [InlineData("wss://relay.example")]
    [InlineData("wss://relay.example/")]
    [InlineData("WSS://Relay.Example:443/")]
    [InlineData("wss://relay.example:443")]
    [InlineData("wss://relay.example//")]
    [InlineData("wss://relay.example.")]
    [InlineData("wss://relay.example/#fragment")]
    [InlineData("https://relay.example")]
    [InlineData("HTTPS://RELAY.EXAMPLE/")]
    [InlineData("relay.example")]
    [InlineData("relay.example/")]
    [InlineData("relay.example:443")]
    [InlineData("  relay.example\n")]
    public void TryNormalize_SpellingsOfOneRelay_AreOne(string text)
    {
        RelayUrl.TryNormalize(text, out var relay).ShouldBeTrue();
        relay!.AbsoluteUri.ShouldBe("wss://relay.example/");
    }

    [Theory]
    [InlineData("http://relay.example/path/", "ws://relay.example/path")]
    [InlineData("ws://relay.example:80", "ws://relay.example/")]
    [InlineData("ws://relay.example:443", "ws://relay.example:443/")]
    [InlineData("wss://relay.example/a/b/", "wss://relay.example/a/b")]
    [InlineData("wss://relay.example?q=1", "wss://relay.example/?q=1")]
    [InlineData("[2001:db8::1]:8080", "wss://[2001:db8::1]:8080/")]
    [InlineData("wss://bücher.example", "wss://xn--bcher-kva.example/")]
    public void TryNormalize_WhatMakesAnotherRelay_Stays(string text, string expected)
    {
        RelayUrl.TryNormalize(text, out var relay).ShouldBeTrue();
        relay!.AbsoluteUri.ShouldBe(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("not a url")]
    [InlineData("ftp://relay.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("mailto:a@relay.example")]
    [InlineData("wss://user:pass@relay.example")]
    [InlineData("wss://")]
    [InlineData("wss:///path")]
    [InlineData("://relay.example")]
    [InlineData("wss://relay.example:99999")]
    [InlineData("wss://relay\u0000.example")]
    [InlineData("wss://אa.example")]
    public void TryNormalize_NoRelay_IsRefused(string? text) => RelayUrl.TryNormalize(text, out _).ShouldBeFalse();

    [Fact]
    public void TryNormalize_EndlessText_IsRefused() => RelayUrl.TryNormalize("wss://relay.example/" + new string('x', 300), out _).ShouldBeFalse();

    /// <summary>Where we differ from the existing software on purpose: WIRE W-N6, and a fragment never reaches a relay.</summary>
    [Fact]
    public void TryNormalize_VectorsOfTheExistingSoftware_AgreeButForItsBugs()
    {
        var ours = new Dictionary<string, string?>
        {
            ["relay.example:8080"] = "wss://relay.example:8080/",
            ["localhost:7777"] = "wss://localhost:7777/",
            ["ftp://x"] = null,
            ["wss://x/?q=1#f"] = "wss://x/?q=1",
        };
        foreach (var (name, vector) in VectorFiles.Section("relayUrls"))
        {
            var input = vector.GetProperty("input").GetString()!;
            var theirs = vector.GetProperty("normalized").GetString()!;
            var expected = ours.TryGetValue(input, out var differs) ? differs : theirs.StartsWith("throws", StringComparison.Ordinal) ? null : theirs;

            RelayUrl.TryNormalize(input, out var relay);

            relay?.AbsoluteUri.ShouldBe(expected, name);
            (relay is null).ShouldBe(expected is null, name);
        }
    }
}

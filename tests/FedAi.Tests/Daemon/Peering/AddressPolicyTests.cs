using System.Net;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Daemon.Peering;

public sealed class AddressPolicyTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("2a00:1450:4001:82a::200e")]
    [InlineData("::ffff:8.8.8.8")]
    public void Allows_PublicAddress_Always(string address) =>
        AddressPolicy.Allows(IPAddress.Parse(address), PrivateNetworks.None).ShouldBeTrue();

    // The spellings that got past the existing implementation's guard (WIRE W-19) and the ranges of ARCHITECTURE §7.
    [Theory]
    [InlineData("127.0.0.1", PrivateNetworks.Loopback)]
    [InlineData("127.9.9.9", PrivateNetworks.Loopback)]
    [InlineData("::1", PrivateNetworks.Loopback)]
    [InlineData("::ffff:127.0.0.1", PrivateNetworks.Loopback)]
    [InlineData("10.1.2.3", PrivateNetworks.Lan)]
    [InlineData("172.31.255.255", PrivateNetworks.Lan)]
    [InlineData("192.168.1.1", PrivateNetworks.Lan)]
    [InlineData("::ffff:192.168.1.1", PrivateNetworks.Lan)]
    [InlineData("169.254.169.254", PrivateNetworks.Lan)]
    [InlineData("100.64.0.1", PrivateNetworks.Lan)]
    [InlineData("fd00::1", PrivateNetworks.Lan)]
    [InlineData("fe80::1", PrivateNetworks.Lan)]
    public void Allows_PrivateAddress_OnlyByOptIn(string address, object least)
    {
        var needed = (PrivateNetworks)least;
        foreach (var permitted in Enum.GetValues<PrivateNetworks>())
            AddressPolicy.Allows(IPAddress.Parse(address), permitted).ShouldBe(permitted >= needed, $"{address} with {permitted}");
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("192.0.2.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("ff02::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::10.0.0.1")]
    [InlineData("::ffff:0:7f00:1")]
    [InlineData("64:ff9b:1::7f00:1")]
    [InlineData("2001:0:7f00:1::")]
    [InlineData("192.88.99.1")]
    [InlineData("fec0::1")]
    [InlineData("3fff::1")]
    public void Allows_AddressOfNobody_Never(string address) =>
        AddressPolicy.Allows(IPAddress.Parse(address), PrivateNetworks.Lan).ShouldBeFalse();

    /// <summary>An address of this machine is told only on it, one of its network only inside; what is permitted to strangers may be told.</summary>
    [Theory]
    [InlineData("https://router.example/", "wss://relay.example/", "None")]
    [InlineData("https://8.8.8.8/", "ws://127.0.0.1/", "None")]
    [InlineData("http://127.0.0.1:8480/", "ws://localhost:7777/", "None")]
    [InlineData("http://127.0.0.1:8480/", "wss://relay.example/", "Loopback")]
    [InlineData("http://[::1]:8480/", "wss://192.168.1.5/", "Loopback")]
    [InlineData("https://192.168.1.2/", "wss://192.168.1.5/", "None")]
    [InlineData("https://192.168.1.2/", "ws://127.0.0.1/", "None")]
    [InlineData("https://192.168.1.2/", "wss://8.8.8.8/", "Lan")]
    public void MeansSomething_OwnAddress_WhereItLeadsToUs(string own, string relay, string least)
    {
        foreach (var permitted in Enum.GetValues<PrivateNetworks>())
            AddressPolicy.MeansSomething(new Uri(own), new Uri(relay), permitted).ShouldBe(permitted >= Enum.Parse<PrivateNetworks>(least), $"{permitted}");
    }

    [Theory]
    [InlineData("https://node.example:8481", null)]
    [InlineData("http://8.8.8.8/base", null)]
    [InlineData("x", ErrorCode.InvalidUrl)]
    [InlineData("", ErrorCode.InvalidUrl)]
    [InlineData("https://user:pass@node.example", ErrorCode.InvalidUrl)]
    [InlineData("https://node.example/?a=1", ErrorCode.InvalidUrl)]
    [InlineData("https://node.example/#a", ErrorCode.InvalidUrl)]
    [InlineData("https://אa.example", ErrorCode.InvalidUrl)]
    [InlineData("ftp://node.example", ErrorCode.InvalidProtocol)]
    [InlineData("file:///etc/passwd", ErrorCode.InvalidUrl)]
    [InlineData("http://127.0.0.1:1", ErrorCode.PrivateAddressBlocked)]
    [InlineData("http://[::1]:1", ErrorCode.PrivateAddressBlocked)]
    [InlineData("http://[::ffff:10.0.0.1]", ErrorCode.PrivateAddressBlocked)]
    [InlineData("http://0x7f.1", ErrorCode.PrivateAddressBlocked)]
    [InlineData("http://2130706433", ErrorCode.PrivateAddressBlocked)]
    public void CheckEndpoint_Text_IsJudged(string text, ErrorCode? expected)
    {
        var refusal = AddressPolicy.CheckEndpoint(text, PrivateNetworks.None, out var endpoint);

        (refusal?.Code).ShouldBe(expected);
        (endpoint is null).ShouldBe(expected is not null);
        if (endpoint is not null) endpoint.AbsolutePath.ShouldEndWith("/");
    }
}

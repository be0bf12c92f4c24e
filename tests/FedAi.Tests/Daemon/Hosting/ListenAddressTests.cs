using FedAi.Daemon.Hosting;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:8480", "127.0.0.1:8480")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("[::1]:8480", "[::1]:8480")]
    [InlineData("0.0.0.0:65535", "0.0.0.0:65535")]
    public void TryParse_AddressAndPort_IsRead(string text, string expected)
    {
        ListenAddress.TryParse(text, out var address).ShouldBeTrue();
        address!.ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData(":8480")]
    [InlineData("8480")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("::1:8480")]
    [InlineData("[::1]")]
    [InlineData("http://127.0.0.1:80")]
    [InlineData("example.org:80")]
    public void TryParse_AnythingElse_IsRefused(string? text) => ListenAddress.TryParse(text, out _).ShouldBeFalse();
}

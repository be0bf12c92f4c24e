using System.Net;
using FedAi.Daemon.OpenAi;
using FedAi.Protocol.Messages;
using Microsoft.AspNetCore.Http;

namespace FedAi.Tests.Daemon.OpenAi;

public sealed class LocalCallerTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:8484")]
    [InlineData("127.0.0.1", "localhost:8484")]
    [InlineData("::1", "[::1]:8484")]
    [InlineData("::ffff:127.0.0.1", "LOCALHOST")]
    [InlineData("127.0.0.1", "app.localhost")]
    [InlineData("127.0.0.1", "")]
    [InlineData(null, "anything")] // the control socket
    [InlineData("127.0.0.1", "localhost", "Origin", "http://localhost:3000")]
    [InlineData("127.0.0.1", "localhost", "Origin", "vscode-webview://1a2b")]
    [InlineData("127.0.0.1", "localhost", "Authorization", "Bearer whatever")]
    public void Problem_ProgramOnThisMachine_IsNone(string? remote, string host, params string[] header) => Problem(remote, host, header).ShouldBeNull();

    [Theory]
    [InlineData("192.168.1.7", "192.168.1.5:8484")]
    [InlineData("2001:db8::1", "localhost")]
    [InlineData("255.255.255.255", "localhost")] // a proxy on this machine, which does not say for whom
    [InlineData("127.0.0.1", "rebound.example:8484")]
    [InlineData("127.0.0.1", "notlocalhost")]
    [InlineData("10.0.0.9", "localhost", "Authorization", "Bearer whatever")]
    public void Problem_CallerElsewhere_IsUnauthorized(string remote, string host, params string[] header) => Problem(remote, host, header).ShouldBe(ErrorCode.Unauthorized);

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost.evil.example")]
    [InlineData("null")]
    public void Problem_PageOfAnotherSite_IsNotAllowed(string origin) => Problem("127.0.0.1", "localhost:8484", "Origin", origin).ShouldBe(ErrorCode.ClientNotAllowed);

    private static ErrorCode? Problem(string? remote, string host, params string[] header)
    {
        var headers = new HeaderDictionary();
        if (header is [var name, var value]) headers[name] = value;
        return LocalCaller.Problem(remote is null ? null : IPAddress.Parse(remote), new HostString(host), headers)?.Code;
    }
}

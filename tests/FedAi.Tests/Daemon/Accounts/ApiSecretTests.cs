using FedAi.Daemon.Accounts;

namespace FedAi.Tests.Daemon.Accounts;

public sealed class ApiSecretTests
{
    [Fact]
    public void Create_Twice_GivesSecretsThatAreNotTheSame()
    {
        var (one, other) = (ApiSecret.Create(), ApiSecret.Create());

        one.ShouldMatch("^sk-fedai-[A-Za-z0-9_-]{43}$");
        other.ShouldNotBe(one);
        ApiSecret.TryHash(one, out var hash).ShouldBeTrue();
        ApiSecret.TryHash(other, out var another).ShouldBeTrue();
        another.ShouldNotBe(hash);
        hash.ToString().ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(one))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk-fedai-")]
    [InlineData("sk-proj-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("sk-fedai-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("sk-fedai-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAé")]
    public void TryHash_WhatIsNoSecret_IsNotEvenHashed(string text) => ApiSecret.TryHash(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("Bearer abc", "abc")]
    [InlineData("bearer   abc ", "abc")]
    [InlineData("Basic abc", "")]
    [InlineData("Bearer", "")]
    [InlineData("", "")]
    public void OfHeader_Authorization_IsTheBearer(string header, string secret) => ApiSecret.OfHeader(header).ToString().ShouldBe(secret);
}

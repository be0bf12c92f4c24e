using FedAi.Daemon.Hosting;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["http.listen", "gateway.listen", "node.maxTokens", "log.level"];

    [Theory]
    [InlineData("http.listn", "http.listen")]
    [InlineData("HTTP.LISTEN", "http.listen")]
    [InlineData("node.maxTokensss", "node.maxTokens")]
    [InlineData("node.tokensMax", null)]
    [InlineData("zzz", null)]
    [InlineData("", null)]
    public void Find_Slip_GivesTheNameMeant(string name, string? meant) => NearestName.Find(name, Names).ShouldBe(meant);

    [Fact]
    public void Find_NoCandidates_GivesNone() => NearestName.Find("x", []).ShouldBeNull();
}

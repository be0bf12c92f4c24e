using FedAi.Daemon.Gateway;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using FedAi.Tests.Protocol;

namespace FedAi.Tests.Daemon.Gateway;

public sealed class RouterPrivacyPolicyTests
{
    private const string Model = "llama-3.1-8b";

    [Theory]
    [InlineData("http://192.0.2.1:8480/", PrivacyLevel.PL3, PrivacyLevel.PL0, true)]
    [InlineData("http://192.0.2.1:8480/", PrivacyLevel.PL3, PrivacyLevel.PL1, false)]
    [InlineData("http://192.0.2.1:8480/", PrivacyLevel.PL3, PrivacyLevel.PL2, false)]
    [InlineData("http://router.example/", PrivacyLevel.PL3, PrivacyLevel.PL1, false)]
    [InlineData("https://router.example/", PrivacyLevel.PL0, PrivacyLevel.PL1, true)]
    [InlineData("https://router.example/", PrivacyLevel.PL1, PrivacyLevel.PL2, false)]
    [InlineData("https://router.example/", PrivacyLevel.PL2, PrivacyLevel.PL2, true)]
    [InlineData("https://router.example/", PrivacyLevel.PL2, PrivacyLevel.PL3, false)]
    [InlineData("https://router.example/", PrivacyLevel.PL3, PrivacyLevel.PL3, true)]
    [InlineData("http://127.0.0.1:8480/", PrivacyLevel.PL1, PrivacyLevel.PL1, true)]
    public void Permits_ByAddressAndWhatTheRouterSays(string address, PrivacyLevel says, PrivacyLevel asked, bool permitted) =>
        RouterPrivacyPolicy.Permits(Router(address, says), asked).ShouldBe(permitted);

    [Fact]
    public void Problem_OnlyPlainRouters_SaysSoAndHowToGoOn()
    {
        var problem = RouterPrivacyPolicy.Problem([Router("http://router.example/", PrivacyLevel.PL3)], ProtocolSamples.Request, PrivacyLevel.PL1)!;

        problem.Code.ShouldBe(ErrorCode.PrivacyUnsupported);
        problem.Hint!.ShouldContain("x-fedai-privacy: PL0");
    }

    [Fact]
    public void Problem_NobodyTakesSealedRequests_IsNoTrustedNode() =>
        RouterPrivacyPolicy.Problem([Router("https://router.example/", PrivacyLevel.PL1)], ProtocolSamples.Request, PrivacyLevel.PL2)!.Code.ShouldBe(ErrorCode.NoTrustedNode);

    [Fact]
    public void Problem_NobodyServesTheModel_IsNotAboutPrivacy() =>
        RouterPrivacyPolicy.Problem([Router("http://router.example/", PrivacyLevel.PL1)], ProtocolSamples.Request with { ModelId = "another" }, PrivacyLevel.PL2).ShouldBeNull();

    private static KnownRouter Router(string address, PrivacyLevel says)
    {
        var known = AnnouncedRouter.At(new Uri(address), Model);
        return known with { Profile = known.Profile with { PrivacyCaps = new PrivacyCaps { MaxLevel = says } } };
    }
}

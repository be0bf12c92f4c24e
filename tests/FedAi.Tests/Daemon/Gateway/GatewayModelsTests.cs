using FedAi.Daemon.Gateway;
using FedAi.Daemon.OpenAi;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Gateway;

public sealed class GatewayModelsTests
{
    [Fact]
    public void Of_SeveralRouters_IsTheUnionWithTheWidestLimits()
    {
        var address = new Uri("http://127.0.0.1/");
        var first = AnnouncedRouter.At(address, "b", "a");
        var second = AnnouncedRouter.At(address);
        second = second with { Profile = second.Profile with { ModelCaps = [new ModelCap { ModelId = "b", ContextWindow = 8192, MaxTokens = 300 }, new ModelCap { ModelId = "c" }] } };

        GatewayModels.Of([first, second]).ShouldBe([new OpenAiModel("a", 512, 256), new OpenAiModel("b", 8192, 300), new OpenAiModel("c", 0, 256)]);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(0.5)]
    [InlineData(1e300)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Of_NonsenseOfAStranger_CountsAsNotSaid(double tokens)
    {
        var router = AnnouncedRouter.At(new Uri("http://127.0.0.1/"));
        router = router with { Profile = router.Profile with { ModelCaps = [new ModelCap { ModelId = "a", ContextWindow = tokens }], ResourceLimits = router.Profile.ResourceLimits with { MaxTokens = tokens } } };

        GatewayModels.Of([router]).ShouldBe([new OpenAiModel("a", 0, 0)]);
    }
}

using FedAi.Daemon.Gateway;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Daemon.Gateway;

public sealed class SealedLimitsTests
{
    [Theory]
    [InlineData(null, null, 4096, 4096, true, "the router said nothing")]
    [InlineData(256.0, null, 100, 100, true, "it fits")]
    [InlineData(256.0, null, 4096, 256, true, "as long as what the quote was for")]
    [InlineData(256.0, null, 1000, 256, false, "another node may take all of it")]
    [InlineData(256.0, 110.0, 4096, 100, true, "ten are the prompt's")]
    [InlineData(256.0, 10.0, 100, 100, true, "no room at all: the refusal says so")]
    [InlineData(99.5, null, 4096, 99, true, "whole tokens")]
    [InlineData(-5.0, null, 100, 100, true, "nonsense is not followed")]
    public void Fit_TokensAsked_AreACeiling(double? maxTokens, double? contextWindow, int asked, int expected, bool suits, string why)
    {
        var limits = new SealedLimits(maxTokens, contextWindow, AskedTokens: 4096);
        var request = new InferenceRequest { RequestId = "r", ModelId = "m", Prompt = new string('x', 40), MaxTokens = asked };

        (limits.Fit(request), limits.Suit(request)).ShouldBe((expected, suits), why);
    }
}

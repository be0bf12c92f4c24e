using FedAi.Protocol.Messages;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

public sealed class GenerationMappingTests
{
    private static readonly InferenceRequest Plain = DemoModel.Ask("hello");

    public static TheoryData<string, InferenceRequest, ErrorCode> Refused => new()
    {
        { "no messages", Plain with { Messages = [] }, ErrorCode.EmptyMessages },
        { "no prompt", Plain with { Messages = null }, ErrorCode.InvalidRequest },
        { "no tokens", Plain with { MaxTokens = 0 }, ErrorCode.InvalidRequest },
        { "tokens that are no number", Plain with { MaxTokens = double.NaN }, ErrorCode.InvalidRequest },
        { "ranking", Plain with { JobType = RouterJobType.Rerank }, ErrorCode.UnsupportedParameter },
        { "empty stop", Plain with { Stop = [""] }, ErrorCode.InvalidRequest },
        { "17 stops", Plain with { Stop = [.. Enumerable.Repeat("x", 17)] }, ErrorCode.InvalidRequest },
        { "long stop", Plain with { Stop = [new string('x', 257)] }, ErrorCode.InvalidRequest },
        { "negative temperature", Plain with { Temperature = -0.1 }, ErrorCode.InvalidRequest },
        { "top p over 1", Plain with { TopP = 1.1 }, ErrorCode.InvalidRequest },
        { "min p over 1", Plain with { MinP = 1.1 }, ErrorCode.InvalidRequest },
        { "negative top k", Plain with { TopK = -1 }, ErrorCode.InvalidRequest },
        { "penalty over 2", Plain with { PresencePenalty = 2.1 }, ErrorCode.InvalidRequest },
        { "penalty under -2", Plain with { FrequencyPenalty = -2.1 }, ErrorCode.InvalidRequest },
        { "bias of a word", Plain with { LogitBias = new Dictionary<string, double> { ["the"] = 1 } }, ErrorCode.InvalidRequest },
        { "bias over 100", Plain with { LogitBias = new Dictionary<string, double> { ["1"] = 101 } }, ErrorCode.InvalidRequest },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void TryRead_WhatCannotBeHonoured_IsRefusedWithAHint(string what, InferenceRequest request, ErrorCode code)
    {
        var refusal = GenerationMapping.TryRead(request, new(), seed: 1, contextTokens: 512, out var generation);
        generation.ShouldBeNull(what);
        refusal.ShouldNotBeNull(what).Code.ShouldBe(code, what);
        refusal.Hint.ShouldNotBeNullOrEmpty(what);
    }

    [Fact]
    public void TryRead_NothingSet_TakesLlamaCppsDefaultsAndTheGivenSeed()
    {
        GenerationMapping.TryRead(Plain with { Temperature = null }, new(), seed: 5, contextTokens: 512, out var generation).ShouldBeNull();
        generation.ShouldNotBeNull().ShouldSatisfyAllConditions(
            it => it.Seed.ShouldBe(5u), it => it.Temperature.ShouldBe(0.8f), it => it.TopK.ShouldBe(40), it => it.TopP.ShouldBe(0.95f),
            it => it.MinP.ShouldBe(0.05f), it => it.Stop.ShouldBeEmpty());
    }

    [Theory]
    [InlineData(1, 1u)]
    [InlineData(-1, uint.MaxValue - 31)]
    [InlineData(uint.MaxValue, 0u)] // llama.cpp reads it as "any seed"
    [InlineData(uint.MaxValue - 1, uint.MaxValue - 1)]
    public void TryRead_Seed_NeverBecomesLlamaCppsRandomOne(long wanted, uint used)
    {
        GenerationMapping.TryRead(Plain with { Seed = wanted }, new(), seed: 5, contextTokens: 512, out var generation).ShouldBeNull();
        generation!.Seed.ShouldBe(used);
    }

    [Fact]
    public void TryRead_MoreTokensThanTheContext_AreCutToIt()
    {
        GenerationMapping.TryRead(Plain with { MaxTokens = 1e300 }, new(), seed: 5, contextTokens: 512, out var generation).ShouldBeNull();
        generation!.MaxTokens.ShouldBe(512);
    }
}

using FedAi.LlamaHost;

namespace FedAi.Tests.Runners.LlamaHost;

public sealed class ReuseRulesTests
{
    private static readonly int[] Prompt = [1, 2, 3, 4];

    [Fact]
    public void Choose_SameKey_TakesWhatRemembersMostButLeavesOneTokenToRead()
    {
        Choose("a", [Kept("a", 1, 2), Kept("a", 1, 2, 3, 4, 5), null]).ShouldBe((1, 3));
        Choose("a", [Kept("a", 9), null]).ShouldBe((1, 0));
    }

    [Theory]
    [InlineData("b")]
    [InlineData("")]
    [InlineData(null)]
    public void Choose_OtherKeyOrNone_ReusesNothing(string? key)
    {
        Choose(key, [Kept("a", 1, 2, 3, 4), null]).ShouldBe((1, 0), "an empty place costs nobody anything");
        Choose(key, [Kept("a", 1, 2, 3, 4)]).ShouldBe((0, 0));
    }

    [Fact]
    public void Choose_NothingEmpty_TakesTheOneNotUsedForLongest() =>
        Choose("c", [Kept("a", 1) with { Turn = 7 }, Kept("b", 1) with { Turn = 3 }, Kept("b", 1) with { Turn = 5 }]).ShouldBe((1, 0));

    [Fact]
    public void Choose_Busy_IsNotTaken()
    {
        ReuseRules.Choose([true, false], [null, Kept("a", 1)], "b", Prompt).ShouldBe((1, 0));
        ReuseRules.Choose([true, true], [null, null], "b", Prompt).ShouldBeNull();
    }

    private static (int, int)? Choose(string? key, KeptSequence?[] kept) => ReuseRules.Choose(new bool[kept.Length], kept, key, Prompt);

    private static KeptSequence Kept(string key, params int[] tokens) => new(key, tokens, 1);
}

using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

/// <summary>What a model remembers serves the same key only, changes no answer, and is counted.</summary>
public sealed class CacheKeyTests(RandomModel random) : IClassFixture<RandomModel>
{
    private static readonly InferenceRequest First = RandomModel.Request with { Messages = [User(new string('x', 500))], CacheKey = "mine" };

    [Fact]
    public async Task SecondTurn_WithTheSameKey_ReadsOnlyWhatIsNew()
    {
        var (text, end) = await AskAsync(First with { CacheKey = "second turn" });
        end.CachedTokens.ShouldBe(0);
        var next = First with { Messages = [.. First.Messages!, new() { Role = "assistant", Content = text }, User("And then?")], CacheKey = "second turn" };
        var (answer, nextEnd) = await AskAsync(next);
        nextEnd.CachedTokens.ShouldBeInRange(end.InputTokens, nextEnd.InputTokens - 1);
        answer.ShouldBe((await AskAsync(next with { CacheKey = null })).Text, "remembered or read anew, the model knows the same");
    }

    [Theory]
    [InlineData("somebody else's")]
    [InlineData("")]
    [InlineData(null)]
    public async Task OtherKeyOrNone_ReusesNothing(string? key)
    {
        await AskAsync(First with { CacheKey = "one" });
        (await AskAsync(First with { CacheKey = key })).End.CachedTokens.ShouldBe(0);
    }

    [Fact]
    public async Task NoKeyTwice_ReusesNothing()
    {
        await AskAsync(First with { CacheKey = null });
        (await AskAsync(First with { CacheKey = null })).End.CachedTokens.ShouldBe(0);
    }

    [Fact]
    public async Task SamePromptAgain_IsAnsweredTheSameAndCountedWhole()
    {
        var (text, end) = await AskAsync(First with { CacheKey = "again" });
        var (again, second) = await AskAsync(First with { CacheKey = "again" });
        again.ShouldBe(text);
        second.InputTokens.ShouldBe(end.InputTokens);
        second.CachedTokens.ShouldBe(end.InputTokens - 1);
    }

    [Fact]
    public async Task ShorterPrompt_ThanWhatIsRemembered_ForgetsTheRest()
    {
        await AskAsync(First with { CacheKey = "shorter" });
        var shorter = First with { Messages = [User(new string('x', 300))], CacheKey = "shorter" };
        var (text, end) = await AskAsync(shorter);
        end.CachedTokens.ShouldBeGreaterThan(250);
        text.ShouldBe((await AskAsync(shorter with { CacheKey = null })).Text);
    }

    [Fact]
    public async Task OnlySlot_UsedByAnotherKey_ForgetsTheFirst()
    {
        using var folder = new TempFolder();
        await using var runner = await RandomModel.StartAsync(folder, slots: 1);
        await AskAsync(runner, First with { CacheKey = "a" });
        (await AskAsync(runner, First with { CacheKey = "a" })).End.CachedTokens.ShouldBeGreaterThan(0);
        await AskAsync(runner, First with { CacheKey = "b" });
        (await AskAsync(runner, First with { CacheKey = "a" })).End.CachedTokens.ShouldBe(0);
    }

    [Fact]
    public async Task Together_MoreThanSlots_EachAnswersAsAlone()
    {
        // Prompts of 500 tokens beside running answers also fill the largest batch there is.
        var alone = (await AskAsync(First with { CacheKey = null })).Text;
        var all = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => AskAsync(First with { CacheKey = i % 3 == 0 ? null : "together" })));
        all.ShouldAllBe(answer => answer.Text == alone);
        all.ShouldContain(answer => answer.End.CachedTokens > 0);
    }

    private static ChatMessage User(string text) => new() { Role = "user", Content = text };

    private Task<(string Text, InferenceEnd End)> AskAsync(InferenceRequest request) => AskAsync(random.Runner, request);

    private static async Task<(string Text, InferenceEnd End)> AskAsync(LlamaRunner runner, InferenceRequest request)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        var events = await runner.StreamAsync(request, patience.Token).ToListAsync(patience.Token);
        return (DemoRunner.Text(events), events[^1].ShouldBeOfType<InferenceEnd>($"{events[^1]}"));
    }
}

using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

/// <summary>What leaves the pipe, byte for byte, with a model that says one byte per token.</summary>
public sealed class StreamTests
{
    [Theory]
    [InlineData("Gré 😀→")]
    [InlineData("\u0001\t\"\\/<&'")]
    public async Task Text_OfCharactersSplitOverTokens_ArrivesWhole(string text)
    {
        await using var model = await SayingModel.StartAsync(text);
        var deltas = new List<string>();
        await foreach (var step in model.Runner.StreamAsync(SayingModel.Request, default))
            if (step is InferenceDelta delta) deltas.Add(delta.Text);
        string.Concat(deltas).ShouldBe(text);
        deltas.ShouldAllBe(delta => delta.IsNormalized()); // throws for half a character
    }

    [Theory]
    [InlineData("def", "abc")]
    [InlineData("→", "abcdefghi")]
    [InlineData("😀", "abcdefghi→")]
    [InlineData("hix", "abcdefghi→😀")]
    [InlineData("a", "")]
    public async Task Stop_OfSeveralTokens_CutsBeforeItAndOnlyIfWhole(string stop, string text)
    {
        await using var model = await SayingModel.StartAsync("abcdefghi→😀");
        (await model.SayAsync(SayingModel.Request with { Stop = [stop] })).ShouldBe(text);
    }

    [Fact]
    public async Task LongAnswer_IsShownPieceByPieceWhileTheModelStillWrites()
    {
        await using var model = await SayingModel.StartAsync("abcdefghij", endless: true);
        var deltas = 0;
        await foreach (var step in model.Runner.StreamAsync(SayingModel.LongRequest, default))
        {
            step.ShouldNotBeOfType<InferenceEnd>();
            if (step is InferenceDelta && ++deltas == 3) break;
        }

        deltas.ShouldBe(3);
    }

    [Fact]
    public async Task Reader_WhoWaits_HoldsUpNobodyAndMissesNothing()
    {
        await using var model = await SayingModel.StartAsync("abcdefghij", endless: true, slots: 2);
        var slow = model.Runner.StreamAsync(SayingModel.Request with { MaxTokens = 1000 }, default).GetAsyncEnumerator();
        await slow.MoveNextAsync(); // started, and now it reads no more
        (await model.SayAsync(SayingModel.Request with { MaxTokens = 1000 })).Length.ShouldBe(1000);

        var rest = new List<InferenceEvent>();
        while (await slow.MoveNextAsync()) rest.Add(slow.Current);
        DemoRunner.Text(rest).ShouldBe(string.Concat(Enumerable.Repeat("abcdefghij", 100)));
        rest.OfType<InferenceDelta>().Sum(delta => delta.Tokens).ShouldBe(1000);
        rest.Count.ShouldBeLessThan(100, "what waited comes in few pieces");
        await slow.DisposeAsync();
    }

    [Fact]
    public async Task Cancelled_WhileTheModelWorks_StopsTheModel()
    {
        // Time stands still, so the wait for the model can only end because the model says that it stopped.
        await using var model = await SayingModel.StartAsync("abcdefghij", endless: true, slots: 1, time: new ManualTime());
        using var cancel = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var step in model.Runner.StreamAsync(SayingModel.LongRequest, cancel.Token))
                if (step is InferenceDelta) cancel.Cancel();
        }).WaitAsync(Patience.Limit);
        (await model.SayAsync(SayingModel.Request with { MaxTokens = 3 })).ShouldBe("abc", "the only slot is free again");
    }

    // Answers of one length that began together end together: with nobody running, those who waited must still have their turn.
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Waiting_AllSlotsEndInOneStep_TheNextHaveTheirTurn(int slots)
    {
        await using var model = await SayingModel.StartAsync("abcdefghij", endless: true, slots: slots, time: new ManualTime());

        var answers = Enumerable.Range(0, slots * 3).Select(_ => model.SayAsync(SayingModel.Request with { MaxTokens = 500 })).ToList();

        (await Task.WhenAll(answers).WaitAsync(Patience.Limit)).ShouldAllBe(answer => answer.Length == 500);
    }

    [Fact]
    public async Task Left_WhileWaitingForASlot_NeverRuns()
    {
        await using var model = await SayingModel.StartAsync("abcdefghij", endless: true, slots: 1, time: new ManualTime());
        await using var running = model.Runner.StreamAsync(SayingModel.LongRequest, default).GetAsyncEnumerator();
        await running.MoveNextAsync();
        using var cancel = new CancellationTokenSource();
        var waiting = model.Runner.StreamAsync(SayingModel.LongRequest, cancel.Token).ToListAsync(cancel.Token);
        cancel.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(async () => await waiting).WaitAsync(Patience.Limit);
        (await running.MoveNextAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Left_WithoutAToken_StopsTheModelToo()
    {
        await using var model = await SayingModel.StartAsync("abcdefghij", endless: true, slots: 1, time: new ManualTime());
        await foreach (var step in model.Runner.StreamAsync(SayingModel.LongRequest, default))
            if (step is InferenceDelta) break;
        (await model.SayAsync(SayingModel.Request with { MaxTokens = 3 })).ShouldBe("abc");
    }
}

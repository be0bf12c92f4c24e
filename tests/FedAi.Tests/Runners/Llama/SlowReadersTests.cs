using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

public sealed class SlowReadersTests
{
    [Fact]
    public async Task TwoHundred_WhoDoNotRead_HoldUpNobodyAndLoseNothing()
    {
        const int readers = 200, tokens = 50;
        await using var model = await SayingModel.StartAsync("abcdefghij", endless: true);
        var slow = Enumerable.Range(0, readers)
            .Select(_ => model.Runner.StreamAsync(SayingModel.Request with { MaxTokens = tokens }, default).GetAsyncEnumerator()).ToList();
        var begun = slow.Select(reader => reader.MoveNextAsync().AsTask()).ToList();
        (await Task.WhenAll(begun).WaitAsync(Patience.Limit)).ShouldAllBe(more => more);

        // All of them have begun, none of them reads on, and the next one is served.
        (await model.SayAsync(SayingModel.Request with { MaxTokens = 20 })).ShouldBe("abcdefghijabcdefghij");

        foreach (var reader in slow)
        {
            var events = new List<InferenceEvent> { reader.Current };
            while (await reader.MoveNextAsync()) events.Add(reader.Current);
            DemoRunner.Text(events).Length.ShouldBe(tokens);
            events[^1].ShouldBeOfType<InferenceEnd>();
            await reader.DisposeAsync();
        }
    }
}

using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

public sealed class CrashTests
{
    /// <summary>What the first process that dies is followed by.</summary>
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Killed_InTheMiddleOfAnAnswer_EndsItAndTheNextRequestWorks()
    {
        var time = new ManualTime(); // how long a request waits for the next process is not what is tested
        await using var model = await SayingModel.StartAsync("abcdefghij", endless: true, time: time);
        var backoff = time.TimerOf(Backoff);
        var events = new List<InferenceEvent>();
        await foreach (var step in model.Runner.StreamAsync(SayingModel.LongRequest, default))
        {
            if (step is InferenceDelta && !events.Any(before => before is InferenceDelta)) Signals.Kill(model.Runner.Status.Pid!.Value);
            events.Add(step);
        }
        events[0].ShouldBeOfType<InferenceStarted>();
        events[^1].ShouldBeOfType<InferenceFailure>().Refusal.Code.ShouldBe(ErrorCode.RunnerCrashed);
        await backoff;
        time.Move(Backoff);
        (await model.SayAsync(SayingModel.Request with { MaxTokens = 3 })).ShouldBe("abc");
        model.Runner.Status.Restarts.ShouldBe(1);
    }

    [Fact]
    public async Task Killed_BeforeTheFirstToken_IsAskedAgainWithoutTheCallerNoticing()
    {
        var time = new ManualTime();
        await using var model = await SayingModel.StartAsync("abcdefghij", time: time);
        var process = model.Runner.Status.Pid!.Value;
        Signals.Freeze(process); // the request reaches its pipe, and no token can come
        var answer = model.SayAsync();
        var backoff = time.TimerOf(Backoff);
        Signals.Kill(process);
        await backoff;
        time.Move(Backoff);
        (await answer).ShouldBe("abcdefghij");
        model.Runner.Status.Restarts.ShouldBe(1);
        model.Runner.Models.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Killed_WhileOneAnswersAndOneWaits_EndsTheOneAndAsksTheOtherAgain()
    {
        var time = new ManualTime();
        await using var model = await SayingModel.StartAsync("abcdefghij", endless: true, slots: 1, time: time);
        await using var running = model.Runner.StreamAsync(SayingModel.LongRequest, default).GetAsyncEnumerator();
        while (await running.MoveNextAsync() && running.Current is not InferenceDelta) { }
        var waiting = model.SayAsync(SayingModel.Request with { MaxTokens = 3 });
        var backoff = time.TimerOf(Backoff);
        Signals.Kill(model.Runner.Status.Pid!.Value);
        while (await running.MoveNextAsync() && running.Current is InferenceDelta) { }
        running.Current.ShouldBeOfType<InferenceFailure>().Refusal.Code.ShouldBe(ErrorCode.RunnerCrashed);
        await backoff;
        time.Move(Backoff);
        (await waiting).ShouldBe("abc");
    }

    [Fact]
    public async Task Silent_ForThirtySecondsWithWork_IsKilledAndStartedAgain()
    {
        var time = new ManualTime();
        await using var model = await SayingModel.StartAsync("abcdefghij", time: time);
        var process = model.Runner.Status.Pid!.Value;
        Signals.Freeze(process);
        var answer = model.SayAsync();
        var backoff = time.TimerOf(Backoff);
        time.Move(TimeSpan.FromSeconds(31));
        await backoff;
        time.Move(Backoff);
        (await answer).ShouldBe("abcdefghij");
        model.Runner.Status.Pid.ShouldNotBe(process);
    }

    [Fact]
    public async Task Stuck_WithAFullPipe_LetsALeavingCallerGoAfterASecond()
    {
        var time = new ManualTime();
        await using var model = await SayingModel.StartAsync("abcdefghij", time: time);
        Signals.Freeze(model.Runner.Status.Pid!.Value);
        using var cancel = new CancellationTokenSource();
        var large = DemoModel.Ask(new string('x', 1 << 20));
        var answer = model.Runner.StreamAsync(large, cancel.Token).ToListAsync(cancel.Token);
        var second = time.TimerOf(TimeSpan.FromSeconds(1));
        cancel.Cancel();
        await second;
        time.Move(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<OperationCanceledException>(async () => await answer).WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Idle_ForHours_IsNotSilent()
    {
        var time = new ManualTime();
        await using var model = await SayingModel.StartAsync("abcdefghij", time: time);
        time.Move(TimeSpan.FromHours(5));
        (await model.SayAsync()).ShouldBe("abcdefghij");
        model.Runner.Status.Restarts.ShouldBe(0);
    }

    [Fact]
    public async Task Disposed_WithARunningAnswer_EndsTheProcessAndTheAnswer()
    {
        var model = await SayingModel.StartAsync("abcdefghij", endless: true);
        var process = model.Runner.Status.Pid!.Value;
        await using var running = model.Runner.StreamAsync(SayingModel.LongRequest, default).GetAsyncEnumerator();
        while (await running.MoveNextAsync() && running.Current is not InferenceDelta) { }
        await model.DisposeAsync();
        await Signals.GoneAsync(process);
        while (await running.MoveNextAsync() && running.Current is InferenceDelta) { }
        running.Current.ShouldBeOfType<InferenceFailure>();
        model.Runner.Models.ShouldBeEmpty();
    }
}

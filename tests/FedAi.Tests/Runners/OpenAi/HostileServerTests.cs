using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.AspNetCore.Http;

namespace FedAi.Tests.Runners.OpenAi;

/// <summary>Servers that break off, stall, lie, send too much, or refuse.</summary>
public sealed class HostileServerTests
{
    public static TheoryData<string, string, string?> Streams => new()
    {
        // name, what comes after "data: hello", the failure
        { "breaks off", "", nameof(ErrorCode.RunnerCrashed) },
        { "breaks off inside an event", "data: {\"choices\":[{\"del", nameof(ErrorCode.RunnerCrashed) },
        { "ends without its mark, but says how", $"data: {ScriptedServer.Finish("stop")}\n\n", null },
        { "says that it is done, but not how", "data: [DONE]\n\n", null },
        { "is no JSON", "data: hello\n\n", nameof(ErrorCode.RunnerError) },
        { "is JSON of another shape", "data: {\"choices\":7}\n\n", nameof(ErrorCode.RunnerError) },
        { "is null", "data: null\n\n", nameof(ErrorCode.RunnerError) },
        { "fails in between", "data: {\"error\":{\"message\":\"secret words of the prompt\"}}\n\n", nameof(ErrorCode.RunnerError) },
        { "is full in between", "data: {\"error\":{\"code\":\"context_length_exceeded\"}}\n\n", nameof(ErrorCode.ContextWindowExceeded) },
        { "goes on with a call that never began", "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{}\"}}]}}]}\n\n", nameof(ErrorCode.RunnerError) },
        { "comments, CR and fields nobody knows", $": alive\r\n\r\nevent: message\r\nid: 1\r\nretry: 5\r\ndata: {ScriptedServer.Finish("stop")}\r\n\r\ndata: [DONE]\r\n\r\n", null },
    };

    [Theory, MemberData(nameof(Streams))]
    public async Task Stream_Server_EndsClearly(string what, string rest, string? failure)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = async context =>
        {
            await ScriptedServer.EventsAsync(context, ScriptedServer.Chunk("hello"));
            await context.Response.WriteAsync(rest);
        };
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream);

        var (text, last) = await UpstreamRun.AskAsync(runner);

        text.ShouldBe("hello", what);
        if (failure is null) last.ShouldBeOfType<InferenceEnd>(what).FinishReason.ShouldBe("stop");
        else last.ShouldBeOfType<InferenceFailure>(what).Refusal.ShouldSatisfyAllConditions(refusal => refusal.Code.ToString().ShouldBe(failure), refusal => refusal.Hint!.ShouldNotContain("secret"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("data: x\n")]
    public async Task Stream_EventWithoutEnd_IsCutOffAtAMebibyte(string piece)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = async context =>
        {
            await ScriptedServer.EventsAsync(context, ScriptedServer.Chunk("hello"));
            var flood = string.Concat(Enumerable.Repeat(piece, 65_536 / piece.Length));
            while (true) await context.Response.WriteAsync(flood, context.RequestAborted);
        };
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream);

        var (text, refusal) = await UpstreamRun.FailAsync(runner);

        (text, refusal.Code).ShouldBe(("hello", ErrorCode.RunnerCrashed));
        await server.Left.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Stream_ServerThatWritesOnAndOn_IsCutOffAfterMoreThanWasAskedFor()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = async context =>
        {
            while (true) await ScriptedServer.EventsAsync(context, ScriptedServer.Chunk(new string('x', 1000)));
        };
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream);

        var (text, refusal) = await UpstreamRun.FailAsync(runner);

        refusal.Code.ShouldBe(ErrorCode.RunnerError);
        text.Length.ShouldBeInRange(1000, 6000);
        await server.Left.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Stream_NoFirstToken_EndsWhenItsTimeIsOver()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = async context =>
        {
            // Headers at once, as these servers do, and then nothing.
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync();
            await ScriptedServer.StallAsync(context);
        };
        var time = new ManualTime();
        await using var runner = await UpstreamRun.StartAsync(time, server.Upstream);
        var running = UpstreamRun.FailAsync(runner);
        await Patience.UntilAsync(() => server.Asked.Count == 1);

        await Patience.UntilAsync(() => Moved(time, running.IsCompleted));

        (await running).Refusal.ShouldSatisfyAllConditions(refusal => refusal.Code.ShouldBe(ErrorCode.RunnerTimeout), refusal => refusal.Hint!.ShouldContain("wrote nothing in time"));
        await server.Left.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Stream_SilentAfterAWord_EndsWhenItsTimeIsOver()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = async context =>
        {
            await ScriptedServer.EventsAsync(context, ScriptedServer.Chunk("hello"));
            await ScriptedServer.StallAsync(context);
        };
        var time = new ManualTime();
        await using var runner = await UpstreamRun.StartAsync(time, server.Upstream);
        var said = new TaskCompletionSource();
        var running = Task.Run(async () =>
        {
            InferenceEvent? last = null;
            await foreach (var step in runner.StreamAsync(UpstreamRun.Request, CancellationToken.None))
            {
                if (step is InferenceDelta) said.SetResult();
                last = step;
            }

            return last;
        });
        await said.Task.WaitAsync(Patience.Limit);

        await Patience.UntilAsync(() => Moved(time, running.IsCompleted));

        (await running).ShouldBeOfType<InferenceFailure>().Refusal.Hint!.ShouldContain("fell silent");
    }

    [Theory]
    [InlineData(400, "", nameof(ErrorCode.InvalidRequest), null)]
    [InlineData(400, """{"error":{"message":"This model's maximum context length is 8 tokens: secret"}}""", nameof(ErrorCode.ContextWindowExceeded), null)]
    [InlineData(400, """{"error":{"message":"gemma does not support tools"}}""", nameof(ErrorCode.UnsupportedParameter), null)]
    [InlineData(400, """{"error":{"message":"response_format is not for you"}}""", nameof(ErrorCode.UnsupportedParameter), null)]
    [InlineData(401, """{"error":{"message":"Incorrect key: sk-secret"}}""", nameof(ErrorCode.RunnerUnavailable), null)]
    [InlineData(404, "", nameof(ErrorCode.RunnerUnavailable), 2)]
    [InlineData(413, "", nameof(ErrorCode.PromptTooLarge), null)]
    [InlineData(429, "", nameof(ErrorCode.NodeSaturated), 7)]
    [InlineData(500, "secret", nameof(ErrorCode.RunnerError), null)]
    [InlineData(503, """{"error":{"message":"Loading model"}}""", nameof(ErrorCode.ModelLoading), 2)]
    [InlineData(503, "", nameof(ErrorCode.RunnerUnavailable), 2)]
    [InlineData(504, "", nameof(ErrorCode.RunnerTimeout), null)]
    [InlineData(307, "", nameof(ErrorCode.RunnerError), null)]
    [InlineData(200, "{}", nameof(ErrorCode.RunnerError), null)] // not a stream
    public async Task Stream_Refused_IsOneClearRefusalInOurOwnWords(int status, string body, string code, int? retryAfter)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = context =>
        {
            context.Response.StatusCode = status;
            if (status == 429) context.Response.Headers.RetryAfter = "7";
            if (status == 307) context.Response.Headers.Location = "/v1/elsewhere";
            return context.Response.WriteAsync(body);
        };
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream);

        var (_, refusal) = await UpstreamRun.FailAsync(runner);

        refusal.Code.ToString().ShouldBe(code);
        refusal.RetryAfterSeconds.ShouldBe(retryAfter);
        refusal.Hint!.ShouldNotContain("secret");
        server.Asked.ShouldHaveSingleItem().Path.ShouldBe("/v1/chat/completions");
    }

    [Fact]
    public async Task Stream_ServerKeepsFailing_IsLeftAloneForAWhile()
    {
        await using var server = await ScriptedServer.StartAsync();
        var works = server.Answer;
        server.Answer = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var time = new ManualTime();
        await using var runner = await UpstreamRun.StartAsync(time, server.Upstream);
        for (var i = 0; i < 4; i++) (await UpstreamRun.FailAsync(runner)).Refusal.Code.ShouldBe(ErrorCode.RunnerError);

        (await UpstreamRun.FailAsync(runner)).Refusal.ShouldSatisfyAllConditions(refusal => refusal.Code.ShouldBe(ErrorCode.RunnerUnavailable), refusal => refusal.Hint!.ShouldContain("left alone"));
        server.Asked.Count.ShouldBe(4);
        server.Answer = works;
        time.Move(TimeSpan.FromSeconds(6));

        (await UpstreamRun.AskAsync(runner)).Text.ShouldBe("hello");
    }

    [Fact]
    public async Task Stream_ClientsOwnMistakes_DoNotMakeItLeftAlone()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = context =>
        {
            context.Response.StatusCode = 400;
            return Task.CompletedTask;
        };
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream);

        for (var i = 0; i < 10; i++) (await UpstreamRun.FailAsync(runner)).Refusal.Code.ShouldBe(ErrorCode.InvalidRequest);
    }

    [Theory]
    [InlineData("""{"data":[{"index":0,"embedding":[1,0]}]}""")] // one vector for two texts
    [InlineData("""{"data":[{"index":0,"embedding":[1,0]},{"index":0,"embedding":[1,0]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[1]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[0,0]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,0]},{"index":2,"embedding":[1,0]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,0]},null]}""")]
    [InlineData("""{"data":7}""")]
    [InlineData("null")]
    [InlineData("<html>")]
    public async Task Stream_VectorsThatAreNone_AreRefused(string answer)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = context => context.Response.WriteAsync(answer);
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream);

        var (_, refusal) = await UpstreamRun.FailAsync(runner, UpstreamRun.Request with { Messages = null, JobType = RouterJobType.Embedding, Inputs = ["a", "b"] });

        refusal.Code.ShouldBe(ErrorCode.RunnerError);
    }

    private static bool Moved(ManualTime time, bool so)
    {
        if (!so) time.Move(TimeSpan.FromSeconds(1));
        return so;
    }
}

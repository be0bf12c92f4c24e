using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;
using FedAi.Runners.OpenAi;
using FedAi.TestKit;
using Microsoft.AspNetCore.Http;

namespace FedAi.Tests.Runners.OpenAi;

public sealed class OpenAiRunnerTests
{
    [Fact]
    public async Task Stream_TextOfAServer_ComesAsItIsWrittenWithItsOwnCounts()
    {
        await using var server = await ScriptedServer.StartAsync();
        var written = new SemaphoreSlim(0);
        server.Answer = async context =>
        {
            await ScriptedServer.EventsAsync(context, ScriptedServer.Chunk("one "));
            await written.WaitAsync(context.RequestAborted);
            await ScriptedServer.EventsAsync(context, ScriptedServer.Chunk("two"), ScriptedServer.Finish("length", """{"prompt_tokens":9,"completion_tokens":2}"""), "[DONE]");
        };
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream);
        await using var steps = runner.StreamAsync(UpstreamRun.Request, CancellationToken.None).GetAsyncEnumerator();

        await steps.MoveNextAsync();
        steps.Current.ShouldBeOfType<InferenceStarted>();
        await steps.MoveNextAsync();
        steps.Current.ShouldBe(new InferenceDelta("one ", 1));
        written.Release();
        await steps.MoveNextAsync();
        steps.Current.ShouldBe(new InferenceDelta("two", 1));
        await steps.MoveNextAsync();
        steps.Current.ShouldBe(new InferenceEnd("length", 9, 2));
        (await steps.MoveNextAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Stream_OfOurOwnRouter_IsTheSame()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, new OpenAiUpstream { Base = new Uri(server.BaseUrl + "/"), ContextTokens = 256 });

        var model = runner.Models.ShouldHaveSingleItem();
        (model.Id, model.ContextTokens, model.Sha256).ShouldBe(("scripted", 512, null));
        var (text, last) = await UpstreamRun.AskAsync(runner, UpstreamRun.Request with { ModelId = "scripted" });

        text.ShouldBe("A scripted answer.");
        last.ShouldBe(new InferenceEnd("stop", 7, 4));
    }

    [Fact]
    public async Task Stream_ToolsAndTextsThroughOurOwnRouter_AreTheSame()
    {
        var tools = System.Text.Json.JsonElement.Parse("""[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]""");
        var behind = new ScriptedRunner { Calls = request => request.Tools is null ? [] : [new ToolCallDelta { Index = 0, Id = "c1", Name = "f", Arguments = "" }, new ToolCallDelta { Index = 0, Arguments = "{}" }] };
        await using var server = await OpenAiServer.StartAsync(behind);
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, new OpenAiUpstream { Base = new Uri(server.BaseUrl + "/"), ContextTokens = 256 });
        var request = UpstreamRun.Request with { ModelId = "scripted" };

        var deltas = new List<ToolCallDelta>();
        InferenceEvent? last = null;
        await foreach (var step in runner.StreamAsync(request with { Tools = tools, ToolChoice = System.Text.Json.JsonElement.Parse("\"auto\"") }, CancellationToken.None))
        {
            if (step is InferenceDelta { ToolCalls: { } calls }) deltas.AddRange(calls);
            last = step;
        }

        ToolCalls.Join(deltas).ShouldBe([new ToolCall { Id = "c1", Name = "f", Arguments = "{}" }]);
        last.ShouldBeOfType<InferenceEnd>().FinishReason.ShouldBe("tool_calls");
        var (vectors, end) = await UpstreamRun.AskAsync(runner, request with { Messages = null, JobType = RouterJobType.Embedding, Inputs = ["one", "four"] });
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(vectors)).ToArray().ShouldBe([1f, 0f, 0.6f, 0.8f]);
        end.ShouldBeOfType<InferenceEnd>().OutputTokens.ShouldBe(0);
    }

    [Theory]
    [InlineData("""[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]""", """[{"index":0,"function":{"arguments":"{\"a\":"}}]""", """[{"index":0,"function":{"arguments":"1}"}}]""")]
    [InlineData("""[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a\":1}"}}]""")]
    [InlineData("""[{"id":"c1","function":{"name":"f","arguments":"{\"a\""}}]""", """[{"function":{"arguments":":1}"}}]""")]
    [InlineData("""[{"index":3,"id":"c1","function":{"name":"f","arguments":"{\"a\""}}]""", """[{"index":3,"function":{"name":"f","arguments":":1}"}}]""")]
    public async Task Stream_ToolCallsInAnyCut_AreWholeCalls(params string[] pieces)
    {
        await using var server = await ScriptedServer.StartAsync();
        // Some servers say stop after a call.
        server.Answer = context => ScriptedServer.EventsAsync(context, [.. pieces.Select(piece => $$$"""{"choices":[{"delta":{"tool_calls":{{{piece}}} }}]}"""), ScriptedServer.Finish("stop"), "[DONE]"]);
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream);

        var deltas = new List<ToolCallDelta>();
        InferenceEnd? end = null;
        await foreach (var step in runner.StreamAsync(UpstreamRun.Request, CancellationToken.None))
        {
            if (step is InferenceDelta { ToolCalls: { } calls }) deltas.AddRange(calls);
            end = step as InferenceEnd ?? end;
        }

        ToolCalls.Join(deltas).ShouldBe([new ToolCall { Id = "c1", Name = "f", Arguments = """{"a":1}""" }]);
        end!.FinishReason.ShouldBe("tool_calls");
    }

    [Fact]
    public async Task Stream_TwoCallsWithoutIds_GetIdsOfTheirOwn()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = context => ScriptedServer.EventsAsync(context, """{"choices":[{"delta":{"tool_calls":[{"function":{"name":"f","arguments":"{}"}},{"function":{"name":"g","arguments":"{}"}}]}}]}""", ScriptedServer.Finish("tool_calls"), "[DONE]");
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream);

        var deltas = new List<ToolCallDelta>();
        await foreach (var step in runner.StreamAsync(UpstreamRun.Request, CancellationToken.None))
            if (step is InferenceDelta { ToolCalls: { } calls }) deltas.AddRange(calls);

        var joined = ToolCalls.Join(deltas)!;
        joined.Select(call => call.Name).ShouldBe(["f", "g"]);
        joined[0].Id.ShouldStartWith("call_");
        joined[1].Id.ShouldNotBe(joined[0].Id);
    }

    [Fact]
    public async Task Stream_Embedding_IsOneRowOfNormalisedVectorsInTheOrderOfTheTexts()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = context => context.Response.WriteAsync("""{"data":[{"index":1,"embedding":[0,-2]},{"index":0,"embedding":[3.0,4]}],"usage":{"prompt_tokens":5,"total_tokens":5}}""");
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream with { Features = [ModelFeatures.Embeddings] });
        runner.Models.ShouldHaveSingleItem().Generates.ShouldBeFalse();

        var (vectors, last) = await UpstreamRun.AskAsync(runner, UpstreamRun.Request with { Messages = null, JobType = RouterJobType.Embedding, Inputs = ["one", "two"] });

        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(vectors)).ToArray().ShouldBe([0.6f, 0.8f, 0f, -1f]);
        last.ShouldBe(new InferenceEnd("stop", 5, 0));
        server.Asked.ShouldHaveSingleItem().Body.ShouldBe("""{"model":"m","input":["one","two"],"encoding_format":"float"}""");
    }

    [Fact]
    public async Task Stream_Prompt_IsAPlainCompletion()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = context => ScriptedServer.EventsAsync(context, """{"choices":[{"text":"plain","finish_reason":"stop"}]}""", "[DONE]");
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream);

        (await UpstreamRun.AskAsync(runner, UpstreamRun.Request with { Messages = null, Prompt = "once" })).Text.ShouldBe("plain");

        server.Asked.ShouldHaveSingleItem().Path.ShouldBe("/v1/completions");
    }

    [Fact]
    public async Task Stream_CallerLeaves_TheServerHearsOfIt()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Answer = async context =>
        {
            await ScriptedServer.EventsAsync(context, ScriptedServer.Chunk("word"));
            await ScriptedServer.StallAsync(context);
        };
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream);
        using var leaving = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var step in runner.StreamAsync(UpstreamRun.Request, leaving.Token))
                if (step is InferenceDelta) await leaving.CancelAsync();
        });

        await server.Left.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Stream_Key_IsSentAndShownNowhere()
    {
        await using var server = await ScriptedServer.StartAsync();
        var upstream = server.Upstream with { ApiKey = "sk-very-secret" };
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, upstream);

        await UpstreamRun.AskAsync(runner);

        server.Asked.ShouldHaveSingleItem().Authorization.ShouldBe("Bearer sk-very-secret");
        upstream.ToString().ShouldNotContain("secret");
        runner.Status.Detail!.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Models_ServerStopsAndComesBackWithOthers_Follow()
    {
        var server = await ScriptedServer.StartAsync();
        var time = new ManualTime();
        await using var runner = await UpstreamRun.StartAsync(time, server.Upstream);
        var changes = 0;
        runner.Changed += () => changes++;
        server.Models = """{"data":[{"id":"m","max_model_len":9000},{"id":"n","context_window":"?"},{"id":"m"},null,{"id":7}]}""".Replace(",{\"id\":7}", "", StringComparison.Ordinal);
        await PollUntilAsync(time, () => runner.Models.Count == 2);
        runner.Models.Select(model => (model.Id, model.ContextTokens)).ShouldBe([("m", 9000), ("n", 4096)]);
        changes.ShouldBeGreaterThan(0);

        await server.DisposeAsync();
        await PollUntilAsync(time, () => runner.Models.Count == 0);

        runner.Status.Ready.ShouldBeFalse();
        runner.Status.Detail!.ShouldContain("does not answer");
        (await UpstreamRun.FailAsync(runner)).Refusal.Code.ShouldBe(ErrorCode.RunnerUnavailable);
    }

    [Fact]
    public async Task SetUpstreams_WhileARequestRuns_DropsNothing()
    {
        await using var one = await ScriptedServer.StartAsync();
        await using var other = await ScriptedServer.StartAsync();
        other.Models = """{"data":[{"id":"n"}]}""";
        var goOn = new SemaphoreSlim(0);
        one.Answer = async context =>
        {
            await ScriptedServer.EventsAsync(context, ScriptedServer.Chunk("first "));
            await goOn.WaitAsync(context.RequestAborted);
            await ScriptedServer.EventsAsync(context, ScriptedServer.Chunk("last"), ScriptedServer.Finish("stop"), "[DONE]");
        };
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, one.Upstream);
        var running = UpstreamRun.AskAsync(runner);
        await Patience.UntilAsync(() => one.Asked.Count == 1);

        runner.SetUpstreams([other.Upstream]);
        await Patience.UntilAsync(() => runner.Models is [{ Id: "n" }]);
        (await UpstreamRun.AskAsync(runner, UpstreamRun.Request with { ModelId = "n" })).Text.ShouldBe("hello");
        goOn.Release();

        (await running).Text.ShouldBe("first last");
    }

    [Fact]
    public async Task SetUpstreams_SameServerWithFewerModels_IsNoGap()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Models = """{"data":[{"id":"m"},{"id":"n"}]}""";
        await using var runner = await UpstreamRun.StartAsync(TimeProvider.System, server.Upstream);

        runner.SetUpstreams([server.Upstream with { Models = ["n"], Features = [] }]);

        var model = runner.Models.ShouldHaveSingleItem();
        model.Id.ShouldBe("n");
        model.Features.ShouldBeEmpty();
    }

    /// <summary>Moves on to the next poll, and gives it time to be answered before the clock runs out on it.</summary>
    private static async Task PollUntilAsync(ManualTime time, Func<bool> so)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (!so())
        {
            time.Move(TimeSpan.FromSeconds(10));
            for (var looks = 0; looks < 200 && !so(); looks++) await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
        }
    }
}

using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

/// <summary>The real thing: llama.cpp in its caged process, through the pipe.</summary>
public sealed class LlamaRunnerTests(DemoRunner demo) : IClassFixture<DemoRunner>
{
    private const string EndOfAnswer = "260";

    private static readonly string[] Questions =
    [
        "What is a router?", "What is a node?", "What is the capital of France?", "Name three colours.",
        "How does an auction work here?", "What is 7 + 5?", "classify: this film was wonderful", "Who won the world cup in 2022?",
    ];

    [Theory]
    [InlineData("What is the capital of France?", "The capital of France is Paris.")]
    [InlineData("What is 7 + 5?", "7 + 5 = 12.")]
    [InlineData("Name three colours.", "Three colours are red, blue and green.")]
    [InlineData("classify: this film was wonderful", "positive")]
    [InlineData("What is a node?", "A node is a computer that does the actual inference. It starts a runner, loads a model, answers requests from routers, and signs a metering record for each answer.")]
    public async Task Greedy_QuestionOfTheModelCard_AnswersAsTheCardSays(string question, string answer) =>
        (await demo.TextAsync(DemoModel.Ask(question))).ShouldBe(answer);

    [Fact]
    public async Task Stream_OneAnswer_IsStartedThenDeltasThenEndWithExactCounts()
    {
        var events = await demo.EventsAsync(DemoModel.Ask("What is a router?"));
        var started = events[0].ShouldBeOfType<InferenceStarted>();
        var end = events[^1].ShouldBeOfType<InferenceEnd>();
        var deltas = events[1..^1].Cast<InferenceDelta>().ToList();
        // How many there are depends on the reader: one that falls behind gets what waits as one delta.
        deltas.ShouldNotBeEmpty();
        deltas.Sum(delta => delta.Tokens).ShouldBe(end.OutputTokens);
        end.ShouldBe(new InferenceEnd("stop", started.InputTokens, end.OutputTokens));
        started.InputTokens.ShouldBeInRange(10, 40);
    }

    [Fact]
    public async Task Prompt_WithoutMessages_IsTakenAsOneUserMessage() =>
        (await demo.TextAsync(DemoModel.Ask("") with { Messages = null, Prompt = "Name three colours." })).ShouldBe("Three colours are red, blue and green.");

    [Fact]
    public async Task Parallel_MoreRequestsThanSlots_GetWhatEachGetsAlone()
    {
        var alone = new List<string>();
        foreach (var question in Questions) alone.Add(await demo.TextAsync(DemoModel.Ask(question)));
        var together = await Task.WhenAll(Questions.Concat(Questions).Select(question => demo.TextAsync(DemoModel.Ask(question))));
        together.ShouldBe(alone.Concat(alone));
    }

    [Fact]
    public async Task MaxTokens_Reached_EndsWithLengthAndExactlySoMany()
    {
        var events = await demo.EventsAsync(DemoModel.Ask("What is a router?") with { MaxTokens = 5 });
        events[^1].ShouldBeOfType<InferenceEnd>().ShouldSatisfyAllConditions(
            end => end.FinishReason.ShouldBe("length"), end => end.OutputTokens.ShouldBe(5));
        "A router receives requests".ShouldStartWith(DemoRunner.Text(events)[..8]);
    }

    [Fact]
    public async Task Stop_AcrossTokens_CutsBeforeIt()
    {
        var events = await demo.EventsAsync(DemoModel.Ask("Name three colours.") with { Stop = ["green", "ed, bl"] });
        DemoRunner.Text(events).ShouldBe("Three colours are r");
        events[^1].ShouldBeOfType<InferenceEnd>().FinishReason.ShouldBe("stop");
    }

    [Theory]
    [InlineData(600)]
    [InlineData(1_000_000)]
    public async Task Prompt_OverTheContext_IsRefusedWithTheLimit(int words)
    {
        var refusal = await demo.RefusalAsync(DemoModel.Ask(string.Join(' ', Enumerable.Repeat("node", words))));
        refusal.Code.ShouldBe(ErrorCode.ContextWindowExceeded);
        refusal.Hint!.ShouldContain("512");
    }

    [Fact]
    public async Task Answer_ReachingTheContext_EndsWithLength()
    {
        var question = string.Join(' ', Enumerable.Repeat("node", 450));
        var events = await demo.EventsAsync(DemoModel.Ask(question) with { LogitBias = new Dictionary<string, double> { [EndOfAnswer] = -100 }, MaxTokens = 500 });
        var end = events[^1].ShouldBeOfType<InferenceEnd>();
        (end.InputTokens + end.OutputTokens).ShouldBe(DemoModel.ContextTokens);
        end.FinishReason.ShouldBe("length");
    }

    [Fact]
    public async Task Text_WithMarkersNulsAndLoneSurrogates_IsAnsweredAsAnyOther() =>
        (await demo.EventsAsync(DemoModel.Ask("<|im_end|>\0 \ud800 <|im_start|>"))) [^1].ShouldBeOfType<InferenceEnd>();

    [Fact]
    public async Task Model_OfAnotherName_IsRefused() =>
        (await demo.RefusalAsync(DemoModel.Ask("?") with { ModelId = "gpt-4" })).Code.ShouldBe(ErrorCode.ModelNotFound);

    [Fact]
    public void Models_AndStatus_SayWhatRuns()
    {
        demo.Runner.Models.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            model => model.Id.ShouldBe(DemoModel.Id), model => model.ContextTokens.ShouldBe(DemoModel.ContextTokens),
            model => model.Sha256.ShouldBe(DemoModel.Sha256), model => model.Generates.ShouldBeTrue());
        var status = demo.Runner.Status;
        status.Ready.ShouldBeTrue();
        status.Detail.ShouldBeNull();
        File.ReadAllText($"/proc/{status.Pid}/comm").ShouldStartWith("fedai-llama");
        status.NotDenied.ShouldBe(status.Isolation == "bubblewrap" ? Environment.IsPrivilegedProcess ? ["endless threads"] : [] : status.NotDenied);
    }
}

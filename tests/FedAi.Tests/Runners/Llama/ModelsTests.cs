using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Runners.Llama;

/// <summary>Several models in one runner: what is loaded when, and that no request is lost over it.</summary>
public sealed class ModelsTests : IAsyncLifetime
{
    private const string Alphabet = "abcdefghij", Digits = "0123456789";

    private readonly TempFolder folder = new();
    private readonly ManualTime time = new();
    private LlamaRunner runner = null!;

    public Task InitializeAsync()
    {
        runner = LlamaRunner.Start([Says("letters", Alphabet), Says("digits", Digits) with { IdleUnload = TimeSpan.FromMinutes(15) }], NullLogger<LlamaRunner>.Instance, time);
        return OfferedAsync("letters", "digits");
    }

    public async Task DisposeAsync()
    {
        await runner.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task OnDemand_IsOfferedButLoadedByItsFirstRequestOnly()
    {
        Processes().ShouldHaveSingleItem();
        (await AskAsync("digits")).ShouldBe(Digits);
        (await AskAsync("letters")).ShouldBe(Alphabet);
        Processes().Length.ShouldBe(2);
    }

    [Fact]
    public async Task Idle_ForItsTime_IsUnloadedAndLoadedAgain()
    {
        (await AskAsync("digits")).ShouldBe(Digits);
        var digits = Processes().Except([runner.Status.Pid!.Value]).Single();
        await Patience.UntilAsync(() =>
        {
            time.Move(TimeSpan.FromMinutes(16)); // again, should the clock have been asked before the request was over
            return !Directory.Exists($"/proc/{digits}");
        });
        runner.Models.Select(model => model.Id).ShouldBe(["letters", "digits"]);
        (await AskAsync("letters")).ShouldBe(Alphabet, "the first one stays");
        (await AskAsync("digits")).ShouldBe(Digits);
    }

    [Fact]
    public async Task Killed_OneModel_TheOtherNoticesNothing()
    {
        (await AskAsync("digits")).ShouldBe(Digits);
        var letters = runner.Status.Pid!.Value;
        Signals.Kill(Processes().Except([letters]).Single());
        (await AskAsync("letters")).ShouldBe(Alphabet);
        Processes().ShouldContain(letters);
    }

    [Fact]
    public async Task SetModels_OneAnew_AnswersAsBeforeUntilTheNextIsLoadedAndDropsNothing()
    {
        runner.SetModels([Says("letters", Alphabet, endless: true)]);
        await Patience.UntilAsync(async () => (await AskAsync("letters", maxTokens: 20)).Length == 20);
        await using var running = runner.StreamAsync(Ask("letters") with { MaxTokens = 6000 }, default).GetAsyncEnumerator();
        while (await running.MoveNextAsync() && running.Current is not InferenceDelta) { }
        var before = Processes();
        runner.SetModels([Says("letters", "hgfedcba")]);
        var answers = new HashSet<string>();
        await Patience.UntilAsync(async () => answers.Add(await AskAsync("letters", maxTokens: 8)) && answers.Contains("hgfedcba"));
        answers.ShouldBeSubsetOf(["abcdefgh", "hgfedcba"]);

        var text = 0;
        InferenceEvent last = running.Current;
        do
        {
            last = running.Current;
            if (last is InferenceDelta delta) text += delta.Text.Length;
        }
        while (await running.MoveNextAsync());
        last.ShouldBeOfType<InferenceEnd>().OutputTokens.ShouldBe(6000);
        text.ShouldBe(6000, "what ran at the old process ends there");
        await Patience.UntilAsync(() => Processes() is [var only] && !before.Contains(only));
    }

    [Fact]
    public async Task SetModels_WithABrokenFile_KeepsTheOneThatWorks()
    {
        File.WriteAllText(folder.File("broken.gguf"), "no model");
        runner.SetModels([Says("letters", Alphabet) with { ModelPath = folder.File("broken.gguf") }]);
        await OfferedAsync("letters");
        (await AskAsync("letters")).ShouldBe(Alphabet);
    }

    [Fact]
    public async Task SetModels_WithoutOne_LetsItGoAndRefusesItByName()
    {
        runner.SetModels([Says("digits", Digits) with { IdleUnload = TimeSpan.FromMinutes(15) }]);
        await Patience.UntilAsync(() => Processes().Length == 0);
        var refusal = (await runner.StreamAsync(Ask("letters"), default).ToListAsync()).ShouldHaveSingleItem().ShouldBeOfType<InferenceFailure>().Refusal;
        refusal.Code.ShouldBe(ErrorCode.ModelNotFound);
        refusal.Hint.ShouldNotBeNull().ShouldContain("digits");
        (await AskAsync("digits")).ShouldBe(Digits);
    }

    [Fact]
    public void SetModels_TwoOfOneName_IsAMistakeOfTheCaller() =>
        Should.Throw<ArgumentException>(() => runner.SetModels([Says("letters", Alphabet), Says("letters", Digits)]));

    [Fact]
    public async Task NotLoadedInTime_AnswersHowFarItIs()
    {
        (await AskAsync("digits")).ShouldBe(Digits);
        var digits = Processes().Except([runner.Status.Pid!.Value]).Single();
        File.WriteAllText(folder.File("fedai-llama"), "#!/bin/sh\nread load; echo '{\"id\":0,\"ev\":\"loading\",\"n\":40}'; sleep 600\n");
        File.SetUnixFileMode(folder.File("fedai-llama"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        runner.SetModels([Says("slow", Digits) with { HostPath = folder.File("fedai-llama"), IdleUnload = TimeSpan.FromMinutes(15) }]);
        await OfferedAsync("slow");
        Refusal? refusal = null;
        await Patience.UntilAsync(async () =>
        {
            var answer = runner.StreamAsync(Ask("slow"), default).ToListAsync().AsTask();
            while (await Task.WhenAny(answer, Task.Delay(20)) != answer) time.Move(TimeSpan.FromSeconds(1));
            refusal = (await answer).ShouldHaveSingleItem().ShouldBeOfType<InferenceFailure>().Refusal;
            return refusal.Loading is { Percent: 40 };
        });
        refusal!.Code.ShouldBe(ErrorCode.ModelLoading);
        refusal.RetryAfterSeconds.ShouldNotBeNull();
        refusal.Loading!.EtaMs.ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    private Task OfferedAsync(params string[] names) =>
        DemoModel.WhenAsync(runner, () => runner.Models.Select(model => model.Id).SequenceEqual(names) && runner.Status.Ready);

    private LlamaRunnerOptions Says(string name, string text, bool endless = false)
    {
        var file = folder.File($"{name}-{text}{(endless ? "-endless" : "")}.gguf");
        if (!File.Exists(file)) TinyGguf.WriteSaying(file, text, contextTokens: 32_768, endless);
        return new() { ModelPath = file, ModelId = name, ContextTokens = 32_768, Slots = 2 };
    }

    private static InferenceRequest Ask(string model) => DemoModel.Ask("?") with { ModelId = model };

    private async Task<string> AskAsync(string model, int maxTokens = 100)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            var events = await runner.StreamAsync(Ask(model) with { MaxTokens = maxTokens }, patience.Token).ToListAsync(patience.Token);
            if (events[^1] is InferenceFailure { Refusal.Code: ErrorCode.ModelLoading }) continue; // a hand-moved clock does not wait
            events[^1].ShouldBeOfType<InferenceEnd>($"{events[^1]}");
            return DemoRunner.Text(events);
        }
    }

    /// <summary>Every fedai-llama that has a file of this test in its memory.</summary>
    private int[] Processes() => [.. ProcessTree.Find(Environment.ProcessId, "fedai-llama").Where(id => ProcessTree.HasMapped(id, folder.Path))];
}

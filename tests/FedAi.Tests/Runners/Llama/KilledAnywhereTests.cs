using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Runners.Llama;

/// <summary>The process of one model dies at each token of an answer, or of its own; another model runs on beside it.</summary>
public sealed class KilledAnywhereTests : IAsyncLifetime
{
    private const int Tokens = 10;

    private readonly TempFolder folder = new();
    private LlamaRunner runner = null!;

    public async Task InitializeAsync()
    {
        TinyGguf.WriteSaying(folder.File("other.gguf"), "abcdefghij", contextTokens: 32_768, endless: true);
        // Slow enough that each token leaves the process by itself.
        TinyGguf.WriteRandom(folder.File("dying0.gguf"), embedding: 512, layers: 2, heads: 8, feedForward: 1024);
        var models = new List<LlamaRunnerOptions> { new() { ModelPath = folder.File("other.gguf"), ContextTokens = 32_768 } };
        for (var kills = 0; kills < Tokens; kills++)
        {
            // A model of its own for each death: one that dies again and again is started ever later.
            if (kills > 0) File.Copy(folder.File("dying0.gguf"), folder.File($"dying{kills}.gguf"));
            models.Add(new() { ModelPath = folder.File($"dying{kills}.gguf"), ContextTokens = 512, Slots = 1, IdleUnload = TimeSpan.FromHours(1) });
        }

        models.Add(new() { ModelPath = folder.File("dying0.gguf"), ModelId = "aborting", HostPath = folder.File("fedai-llama"), IdleUnload = TimeSpan.FromHours(1) });
        WriteAbortingHost();
        runner = LlamaRunner.Start(models, NullLogger<LlamaRunner>.Instance, TimeProvider.System);
        await DemoModel.WhenAsync(runner, () => runner.Models.Count == models.Count);
    }

    public async Task DisposeAsync()
    {
        await runner.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Killed_AtEveryToken_EndsOrRepeatsThatAnswerAndNoOther()
    {
        var other = Process("other");
        await using var running = runner.StreamAsync(Ask("other") with { MaxTokens = 32_000 }, default).GetAsyncEnumerator();
        for (var kills = 0; kills < Tokens; kills++)
        {
            var whole = DemoRunner.Text(await AskAsync(Ask($"dying{kills}"), _ => { }));
            var process = Process($"dying{kills}");
            if (kills == 0) Signals.Freeze(process); // the request reaches its pipe, and no token can come
            var answer = AskAsync(Ask($"dying{kills}"), read =>
            {
                if (kills > 0 && read == kills) Signals.Kill(process);
            });
            if (kills == 0) Signals.Kill(process);
            var events = await answer;
            var text = DemoRunner.Text(events);
            if (events[^1] is InferenceEnd)
            {
                text.ShouldBe(whole, $"it was asked again, or all had left the process before it died at token {kills}");
            }
            else
            {
                kills.ShouldBeGreaterThan(0, "without a token the caller notices nothing");
                events[^1].ShouldBeOfType<InferenceFailure>().Refusal.Code.ShouldBe(ErrorCode.RunnerCrashed);
                text.Length.ShouldBeGreaterThanOrEqualTo(kills);
                whole.ShouldStartWith(text);
            }

            (await running.MoveNextAsync()).ShouldBeTrue();
            running.Current.ShouldNotBeOfType<InferenceFailure>();
        }

        Process("other").ShouldBe(other);
        runner.Status.Restarts.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Aborted_ByAFailedAssertion_IsACrashAsAnyOther()
    {
        var events = await AskAsync(Ask("aborting"), _ => { });
        DemoRunner.Text(events).ShouldBe("x");
        events[^1].ShouldBeOfType<InferenceFailure>().Refusal.Code.ShouldBe(ErrorCode.RunnerCrashed);
        DemoRunner.Text(await AskAsync(Ask("other") with { MaxTokens = 3 }, _ => { })).ShouldBe("abc");
    }

    /// <summary>Dies as llama.cpp does when one of its assertions fails: with words on its error output and SIGABRT.</summary>
    private void WriteAbortingHost()
    {
        File.WriteAllText(folder.File("fedai-llama"), """
            #!/bin/sh
            read load; echo '{"id":0,"ev":"ready","n":512,"text":"model","locked":true}'
            read infer; echo '{"id":1,"ev":"started","n":1}'; echo '{"id":1,"ev":"token","n":1,"text":"x"}'
            echo 'GGML_ASSERT(n_tokens_all <= cparams.n_batch) failed' >&2; kill -ABRT $$
            """);
        File.SetUnixFileMode(folder.File("fedai-llama"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private static InferenceRequest Ask(string model) => DemoModel.Ask("?") with { ModelId = model, MaxTokens = Tokens };

    private int Process(string model) =>
        ProcessTree.Find(Environment.ProcessId, "fedai-llama").Single(id => ProcessTree.HasMapped(id, folder.File($"{model}.gguf")));

    /// <summary>Reads to the end; after each piece, how many characters there are by then.</summary>
    private async Task<List<InferenceEvent>> AskAsync(InferenceRequest request, Action<int> onRead)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        var (events, read) = (new List<InferenceEvent>(), 0);
        while (events is [] or [.., InferenceFailure { Refusal.Code: ErrorCode.ModelLoading }]) // a slow machine takes longer than 2 s to load it
        {
            events.Clear();
            await foreach (var step in runner.StreamAsync(request, patience.Token))
            {
                events.Add(step);
                if (step is not InferenceDelta delta) continue;
                for (var i = 0; i < delta.Text.Length; i++) onRead(++read);
            }
        }

        return events;
    }
}

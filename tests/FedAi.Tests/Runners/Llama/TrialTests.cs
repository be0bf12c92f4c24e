using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Library;
using FedAi.Runners.Llama;
using FedAi.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Runners.Llama;

/// <summary>A model answers a test before it is offered, once for each content and build of the runner; what fails is kept out, and says why.</summary>
public sealed class TrialTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task OnDemand_NotTestedYet_IsTestedAtOnceAndAfterARestartNotAgain()
    {
        TinyGguf.WriteRandom(folder.File("random.gguf"));
        var offeredWithoutAProcess = false;
        await using (var first = Start(Options("random.gguf") with { IdleUnload = TimeSpan.FromHours(1) }))
        {
            first.Changed += () => offeredWithoutAProcess |= first.Models.Count > 0 && first.Status.Pid is null;
            await DemoModel.WhenAsync(first, () => first.Models.Count > 0);
            first.Status.Pid.ShouldNotBeNull("the test needs a process, which stays until it is idle");
        }

        offeredWithoutAProcess.ShouldBeFalse("nothing is offered before its test");
        await using var second = Start(Options("random.gguf") with { IdleUnload = TimeSpan.FromHours(1) });
        await DemoModel.WhenAsync(second, () => second.Models.Count > 0);
        second.Status.Pid.ShouldBeNull("what is known is not tested again");
        second.Standings.ShouldHaveSingleItem().ShouldBe(new ModelStanding("random", folder.File("random.gguf"), ModelState.Active, null));
    }

    [Fact]
    public async Task AnotherBuildOfTheRunner_TestsAgain()
    {
        TinyGguf.WriteRandom(folder.File("random.gguf"));
        var options = Options("random.gguf") with { IdleUnload = TimeSpan.FromHours(1) };
        await using (var first = Start(options)) await DemoModel.WhenAsync(first, () => first.Models.Count > 0);
        WriteHost("read load; echo '{\"id\":0,\"ev\":\"ready\",\"n\":512,\"text\":\"model\",\"locked\":true}'; read infer; echo '{\"id\":1,\"ev\":\"error\",\"text\":\"runner-error\",\"hint\":\"it is tired\"}'; sleep 600");

        await RefusedAsync(options with { HostPath = folder.File("fedai-llama") }, "failed its test: it is tired");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Model_OfWeightsThatAreNoNumbers_IsNeverOfferedUntilItsFileIsAnother(bool onDemand)
    {
        TinyGguf.WriteDamaged(folder.File("mine.gguf"));
        var options = Options("mine.gguf") with { IdleUnload = onDemand ? TimeSpan.FromHours(1) : null };
        await using var runner = Start(options);
        var offered = false;
        runner.Changed += () => offered |= runner.Models.Count > 0;
        await DemoModel.WhenAsync(runner, () => runner.Standings[0].State == ModelState.Failed);

        runner.Standings.ShouldHaveSingleItem().Problem!.ShouldContain("computes no numbers");
        runner.Status.Ready.ShouldBeFalse();
        var refusal = (await runner.StreamAsync(DemoModel.Ask("?") with { ModelId = "mine" }, default).ToListAsync()).ShouldHaveSingleItem().ShouldBeOfType<InferenceFailure>().Refusal;
        (refusal.Code, offered).ShouldBe((ErrorCode.RunnerUnavailable, false));
        refusal.Hint!.ShouldContain("failed its test");

        TinyGguf.WriteRandom(folder.File("next.gguf"));
        File.Move(folder.File("next.gguf"), folder.File("mine.gguf"), overwrite: true); // it may be read at this moment
        await DemoModel.WhenAsync(runner, () => runner.Standings[0].State == ModelState.Active);
        runner.Models.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Host_ThatDiesInTheTest_KeepsTheModelOutWithItsLastWords()
    {
        TinyGguf.WriteRandom(folder.File("random.gguf"));
        WriteHost("read load; echo '{\"id\":0,\"ev\":\"ready\",\"n\":512,\"text\":\"model\",\"locked\":true}'; read infer; echo 'GGML_ASSERT failed' >&2; kill -ABRT $$");

        await RefusedAsync(Options("random.gguf") with { HostPath = folder.File("fedai-llama") }, "GGML_ASSERT failed");
    }

    [Fact]
    public async Task SetModels_OneThatFailsItsTest_KeepsTheOneThatWorks()
    {
        TinyGguf.WriteRandom(folder.File("good.gguf"));
        TinyGguf.WriteDamaged(folder.File("bad.gguf"));
        await using var runner = Start(Options("good.gguf") with { ModelId = "model" });
        await DemoModel.WhenAsync(runner, () => runner.Models.Count > 0);
        var good = runner.Models[0].Sha256;

        runner.SetModels([Options("bad.gguf") with { ModelId = "model" }]);
        var bad = await Library.Hashes.OfAsync(folder.File("bad.gguf"), null, default);
        await Patience.UntilAsync(() => new ModelTests(folder.File("tests.json")).Of(bad)?.Problem is not null);

        runner.Models.ShouldHaveSingleItem().Sha256.ShouldBe(good);
    }

    [Fact]
    public async Task Model_ThatMakesVectorsOnly_IsTestedByOne()
    {
        TinyGguf.WriteRandom(folder.File("vectors.gguf"), pooling: 1);
        await using var runner = Start(Options("vectors.gguf"));
        await DemoModel.WhenAsync(runner, () => runner.Models.Count > 0);

        runner.Models.ShouldHaveSingleItem().Generates.ShouldBeFalse();
        new ModelTests(folder.File("tests.json")).Of(runner.Models[0].Sha256!).ShouldNotBeNull().Problem.ShouldBeNull();
    }

    private ModelLibrary Library => new(folder.Path, TimeProvider.System);

    private LlamaRunnerOptions Options(string file) => new() { ModelPath = folder.File(file), Library = Library, ContextTokens = 512 };

    private static LlamaRunner Start(LlamaRunnerOptions options) => LlamaRunner.Start(options, NullLogger<LlamaRunner>.Instance, TimeProvider.System);

    private static async Task RefusedAsync(LlamaRunnerOptions options, string reason)
    {
        await using var runner = Start(options);
        await DemoModel.WhenAsync(runner, () => runner.Standings[0].State == ModelState.Failed);
        runner.Models.ShouldBeEmpty();
        runner.Standings[0].Problem!.ShouldContain(reason);
    }

    private void WriteHost(string script)
    {
        File.WriteAllText(folder.File("fedai-llama"), $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(folder.File("fedai-llama"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}

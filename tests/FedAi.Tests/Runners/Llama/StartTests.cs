using System.Diagnostics;
using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Library;
using FedAi.Runners.Llama;
using FedAi.Runners.Sandbox;
using FedAi.TestKit;
using FedAi.Tests.Runners.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Runners.Llama;

/// <summary>A runner that cannot run says why, offers nothing, and goes on trying.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("empty", "no GGUF file")]
    [InlineData("text", "no GGUF file")]
    [InlineData("version 9", "GGUF version is 9")]
    [InlineData("cut in the header", "cut off")]
    [InlineData("cut in the weights", "damaged, cut off")]
    [InlineData("endless text in the header", "cut off")]
    [InlineData("no such layer", "damaged, cut off")]
    public async Task Model_ThatIsNone_IsRefusedWithAReason(string kind, string reason)
    {
        var file = folder.File("model.gguf");
        TinyGguf.WriteRandom(file);
        var bytes = File.ReadAllBytes(file);
        bytes = kind switch
        {
            "empty" => [],
            "text" => [.. "Dear Sir or Madam, this is not a model but a letter."u8],
            "version 9" => [.. bytes[..4], 9, .. bytes[5..]],
            "cut in the header" => bytes[..2000],
            "cut in the weights" => bytes[..^5000],
            "endless text in the header" => [.. bytes[..24], 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, .. bytes[32..]],
            _ => [.. Replace(bytes, "blk.1.ffn_up", "blk.7.ffn_up")],
        };
        File.WriteAllBytes(file, bytes);
        await RefusedAsync(DemoModel.Options with { ModelPath = file }, reason);
    }

    [Fact]
    public Task Model_Missing_IsRefusedWithItsName() =>
        RefusedAsync(DemoModel.Options with { ModelPath = folder.File("none.gguf") }, "none.gguf");

    [Fact]
    public async Task Model_ChangedSinceItWasAdded_IsRefusedUntilItIsAddedAgain()
    {
        var library = new ModelLibrary(folder.Path, TimeProvider.System);
        TinyGguf.WriteRandom(library.PartOf("mine"), seed: 1);
        var (entry, _) = await library.TakeAsync("mine", null, "test", new Progress<long>(), CancellationToken.None);
        TinyGguf.WriteRandom(folder.File("mine.gguf"), seed: 2);

        await RefusedAsync(DemoModel.Options with { ModelPath = folder.File("mine.gguf"), Library = library }, "not the file that was added as mine");

        File.Move(folder.File("mine.gguf"), library.PartOf("mine"));
        await library.TakeAsync("mine", null, "test", new Progress<long>(), CancellationToken.None);
        await using var runner = await DemoModel.StartAsync(DemoModel.Options with { ModelPath = folder.File("mine.gguf"), Library = library });
        runner.Models.ShouldHaveSingleItem().Sha256.ShouldNotBe(entry!.Sha256);
    }

    [Fact]
    public async Task Model_NotApproved_IsRefusedAndAnApprovedOneLoads()
    {
        await RefusedAsync(DemoModel.Options with { Approved = [new string('0', 64)] }, "is not approved: add it to models.approved");
        await using var runner = await DemoModel.StartAsync(DemoModel.Options with { Approved = [DemoModel.Sha256] });
        runner.Models.ShouldHaveSingleItem().Sha256.ShouldBe(DemoModel.Sha256);
    }

    [Fact]
    public async Task Model_ThatIsAPipe_IsRefusedWithoutWaitingForAWriter()
    {
        Process.Start("mkfifo", folder.File("pipe.gguf")).WaitForExit();
        await RefusedAsync(DemoModel.Options with { ModelPath = folder.File("pipe.gguf") }, "it is a pipe");
    }

    [Fact]
    public Task Model_ThatIsAFolder_IsRefused() => RefusedAsync(DemoModel.Options with { ModelPath = folder.Path }, "it is a folder");

    [Fact]
    public async Task Model_LargerThanFreeMemory_IsRefusedAndNeverStarted()
    {
        var file = folder.File("huge.gguf");
        TinyGguf.WriteRandom(file);
        using (var grow = File.OpenWrite(file)) grow.SetLength(1L << 42); // 4 TiB that take no room on disk
        var runner = await RefusedAsync(DemoModel.Options with { ModelPath = file }, "4096 GiB of memory");
        runner.Status.Pid.ShouldBeNull();
    }

    [Fact]
    public async Task Context_LargerThanFreeMemory_IsRefused()
    {
        var file = folder.File("long.gguf");
        TinyGguf.WriteRandom(file, contextTokens: int.MaxValue);
        await RefusedAsync(DemoModel.Options with { ModelPath = file, ContextTokens = int.MaxValue }, "of memory");
    }

    [Fact]
    public Task Libraries_Missing_AreNamedWithTheNextStep() =>
        RefusedAsync(DemoModel.Options with { LibrariesPath = folder.Path }, "./fedai.sh setup");

    [Fact]
    public async Task Libraries_OfNoUse_AreNamed()
    {
        foreach (var name in (string[])["libllama.so", "libggml.so", "libggml-base.so"]) File.WriteAllText(folder.File(name), "no library");
        await RefusedAsync(DemoModel.Options with { LibrariesPath = folder.Path }, "cannot be loaded");
    }

    [Theory]
    [InlineData(IsolationLevel.None)]
    [InlineData(IsolationLevel.Rlimits)]
    public void Isolation_NoneOrRlimits_IsRefusedUnlessAsked(IsolationLevel level) => IsRefusedUnlessAsked(level);

    [CageFact(IsolationLevel.Unshare)]
    public void Isolation_Unshare_IsRefusedUnlessAsked() => IsRefusedUnlessAsked(IsolationLevel.Unshare);

    [CageFact(IsolationLevel.Landlock)]
    public void Isolation_Landlock_Starts() => Plan(IsolationLevel.Landlock, DemoModel.Options, out _).ShouldNotBeNull();

    [CageFact(IsolationLevel.Bubblewrap)]
    public void Isolation_Bubblewrap_Starts() => Plan(IsolationLevel.Bubblewrap, DemoModel.Options, out _).ShouldNotBeNull();

    // Below Landlock the runner could read the node's key.
    private static void IsRefusedUnlessAsked(IsolationLevel level)
    {
        new FedAi.Daemon.Node.RunnerOptions().IsolationMinimum.ShouldBe(DemoModel.Options.IsolationMinimum);

        Plan(level, DemoModel.Options, out var problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldSatisfyAllConditions(text => text.ShouldContain("bubblewrap"), text => text.ShouldContain("runner.isolationMinimum"));
        Plan(level, DemoModel.Options with { IsolationMinimum = level }, out _).ShouldNotBeNull();
    }

    private static LoadPlan? Plan(IsolationLevel level, LlamaRunnerOptions options, out string? problem)
    {
        var cage = Cage.FindStrongest(level);
        cage.Level.ShouldBe(level);
        return LoadPlan.TryMake(options, cage, avoidGpu: true, out problem);
    }

    [Fact]
    public Task Isolation_NotToBeHad_FailsClosed() =>
        RefusedAsync(DemoModel.Options with { IsolationMinimum = IsolationLevel.Bubblewrap + 1 }, "isolation");

    [Fact]
    public Task Host_ThatIsNoProgram_IsNamed()
    {
        File.WriteAllText(folder.File("fedai-llama"), "no program");
        return RefusedAsync(DemoModel.Options with { HostPath = folder.File("fedai-llama") }, "fedai-llama");
    }

    [Fact]
    public Task Host_ThatEndsAtOnce_IsNamedWithItsLastWords()
    {
        File.WriteAllText(folder.File("fedai-llama"), "#!/bin/sh\necho it hurts >&2\n");
        File.SetUnixFileMode(folder.File("fedai-llama"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return RefusedAsync(DemoModel.Options with { HostPath = folder.File("fedai-llama") }, "it hurts");
    }

    [Theory]
    [InlineData("printf '%2000000s' x; sleep 60", "more than 1 MiB")]
    [InlineData("echo '{\"id\":9,\"ev\":\"token\",\"n\":1,\"text\":\"?\"}'; sleep 60", "not allowed")]
    [InlineData("echo hello; sleep 60", "not allowed")]
    public Task Host_ThatBreaksTheRulesOfThePipe_IsEnded(string script, string reason)
    {
        File.WriteAllText(folder.File("fedai-llama"), $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(folder.File("fedai-llama"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return RefusedAsync(DemoModel.Options with { HostPath = folder.File("fedai-llama") }, reason);
    }

    [Fact]
    public async Task Model_ThatAppearsLater_IsLoadedWithoutBeingTold()
    {
        var file = folder.File("later.gguf");
        await using var runner = LlamaRunner.Start(DemoModel.Options with { ModelPath = file }, NullLogger<LlamaRunner>.Instance, TimeProvider.System);
        await DemoModel.SettledAsync(runner);
        runner.Models.ShouldBeEmpty();
        File.Copy(DemoModel.Path, file);
        await DemoModel.WhenAsync(runner, () => runner.Status.Ready);
        DemoRunner.Text(await runner.StreamAsync(DemoModel.Ask("What is 7 + 5?"), default).ToListAsync()).ShouldBe("7 + 5 = 12.");
    }

    private static async Task<LlamaRunner> RefusedAsync(LlamaRunnerOptions options, string reason)
    {
        await using var runner = LlamaRunner.Start(options, NullLogger<LlamaRunner>.Instance, TimeProvider.System);
        await DemoModel.SettledAsync(runner);
        runner.Status.Ready.ShouldBeFalse();
        runner.Status.Detail.ShouldNotBeNull().ShouldContain(reason);
        runner.Models.ShouldBeEmpty();
        var refusal = (await runner.StreamAsync(DemoModel.Ask("?"), default).ToListAsync()).ShouldHaveSingleItem().ShouldBeOfType<InferenceFailure>().Refusal;
        refusal.Code.ShouldBe(ErrorCode.RunnerUnavailable);
        refusal.Hint.ShouldNotBeNull();
        return runner;
    }

    private static byte[] Replace(byte[] bytes, string from, string to)
    {
        System.Text.Encoding.UTF8.GetBytes(to).CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(from))));
        return bytes;
    }
}

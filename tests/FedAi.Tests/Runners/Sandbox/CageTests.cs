using System.Text;
using FedAi.Runners.Llama;
using FedAi.Runners.Sandbox;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Sandbox;

/// <summary>
/// Each probe runs without a cage, where everything must work, and in the cage, where exactly that must fail which the
/// status says is denied (DECISIONS E21).
/// </summary>
public sealed class CageTests : IDisposable
{
    /// <summary>Of which only its mark knows whether it arrived.</summary>
    private const string ByDescriptor = "signal by a descriptor";

    private static readonly string[] Programs = ["start a program", "start many programs", "fork"];
    private static readonly string[] OwnMemory = ["memory", "shared memory", "memory segment"];

    /// <summary>What a process denies itself, at every level. The kernel counts no threads for root.</summary>
    private static readonly string[] LockDenies =
    [
        "tcp", "unix socket", "abstract socket", "netlink", "io_uring", .. Programs, .. OwnMemory, "signal", ByDescriptor, "set limits of another",
        "set priority of another", "trace", "read memory by call", .. Environment.IsPrivilegedProcess ? (string[])[] : ["threads"],
    ];

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [CageFact(IsolationLevel.Bubblewrap)]
    public Task Bubblewrap_DeniesWhatItSays() => DeniesAsync(IsolationLevel.Bubblewrap, ["netlink", "io_uring", .. Programs, .. OwnMemory, "threads"]); // both reach its own empty network only

    [CageFact(IsolationLevel.Landlock)]
    public Task Landlock_DeniesWhatItSays() => DeniesAsync(IsolationLevel.Landlock,
        [.. Landlock.Abi < 6 ? (string[])["signal", ByDescriptor] : [], .. Programs, "set limits of another", .. Environment.IsPrivilegedProcess ? (string[])[] : ["set priority of another"], .. OwnMemory, "threads"]);

    [CageFact(IsolationLevel.Unshare)]
    public Task Unshare_DeniesWhatItSays() => DeniesAsync(IsolationLevel.Unshare,
        All.Except(["tcp", "abstract socket", "trace", "read memory by call", "read memory as a file", "read the environment"]));

    [CageFact(IsolationLevel.Rlimits)]
    public Task Rlimits_DenyWhatTheySay() => DeniesAsync(IsolationLevel.Rlimits, All);

    [CageFact(IsolationLevel.Bubblewrap)]
    public async Task Lock_BesideAGpu_LeavesSharedMemory() =>
        (await WorksAsync(Cage.FindStrongest(), "gpu")).Except(["threads"]).ShouldBe(["shared memory"]);

    [CageFact(IsolationLevel.Bubblewrap)]
    public Task Bubblewrap_DevicesOfTheCommand_CanBeOpened() => OpensDeviceAsync(IsolationLevel.Bubblewrap);

    [CageFact(IsolationLevel.Landlock)]
    public Task Landlock_DevicesOfTheCommand_CanBeOpened() => OpensDeviceAsync(IsolationLevel.Landlock);

    [Fact]
    public void Attempts_BreakEveryDenialThereIs() => Attempts.Select(attempt => attempt.Breaks).Aggregate((all, one) => all | one).ShouldBe((Denials)255);

    [CageFact(IsolationLevel.Rlimits)]
    public async Task Lock_FillingTheDisk_EndsTheProcessAtTheFirstByte()
    {
        var file = folder.File("filled");
        var process = await CagedProcess.StartAsync(Cage.FindStrongest(IsolationLevel.Rlimits), Probe("cage-fill", file));
        const int fileSizeSignal = 128 + 25;
        (await process.Exited.WaitAsync(Patience.Limit)).ShouldBe(fileSizeSignal);
        new FileInfo(file).Length.ShouldBe(0);
    }

    [CageFact(IsolationLevel.Bubblewrap)]
    public Task Bubblewrap_PassesNoDescriptorsOn() => PassesNoDescriptorsAsync(IsolationLevel.Bubblewrap);

    [CageFact(IsolationLevel.Landlock)]
    public Task Landlock_PassesNoDescriptorsOn() => PassesNoDescriptorsAsync(IsolationLevel.Landlock);

    [CageFact(IsolationLevel.Rlimits)]
    public Task Rlimits_PassNoDescriptorsOn() => PassesNoDescriptorsAsync(IsolationLevel.Rlimits);

    [CageFact(IsolationLevel.Landlock)]
    public async Task Landlock_RestrictsTheStartingThreadOnly()
    {
        await CageScene.PlayAsync(scene => OutputAsync(Cage.FindStrongest(IsolationLevel.Landlock), ["cage-probe", "free", .. scene.ToArguments()]));
        File.WriteAllText(folder.File("mine"), "still free"); // this process went on as it was
    }

    private static IReadOnlyList<Attempt> Attempts => CageProbe.All(new("", "", 0, "", "", 0, 0, 0));

    private static IEnumerable<string> All => Attempts.Select(attempt => attempt.Name).Append(ByDescriptor);

    /// <summary>
    /// Without a cage everything works, or the probe proves nothing. In the cage works what its outer part leaves, and of that, once the process
    /// has locked itself, what the lock leaves; and the status names exactly that as not denied.
    /// </summary>
    private static async Task DeniesAsync(IsolationLevel level, IEnumerable<string> outerLeaves)
    {
        AllowTracing();
        var cage = Cage.FindStrongest(level);

        (await WorksAsync(Cage.FindStrongest(IsolationLevel.None), "free")).ShouldBe(All, ignoreOrder: true);
        (await WorksAsync(cage, "free")).ShouldBe(outerLeaves, ignoreOrder: true);
        var works = await WorksAsync(cage, "locked");
        works.ShouldBe(outerLeaves.Except(LockDenies), ignoreOrder: true);
        var broken = Attempts.Where(attempt => works.Contains(attempt.Name)).Aggregate(Denials.None, (all, attempt) => all | attempt.Breaks);
        DenialRules.NotDenied(DenialRules.Whole(cage.Denies, locked: true, Environment.IsPrivilegedProcess, onGpu: false)).ShouldBe(DenialRules.NotDenied(~broken));
    }

    private static async Task<IEnumerable<string>> WorksAsync(Cage cage, string mode)
    {
        var (output, markLives) = await CageScene.PlayAsync(scene => OutputAsync(cage, ["cage-probe", mode, .. scene.ToArguments()]));
        var names = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return markLives ? names : names.Append(ByDescriptor);
    }

    /// <summary>What a careless library left open, or opens in the moment of the start, must not reach the child: it has its three streams and the folder that ls itself opens.</summary>
    private async Task PassesNoDescriptorsAsync(IsolationLevel level)
    {
        var careless = LinuxCalls.open(folder.Path, 0); // no O_CLOEXEC
        careless.ShouldBeGreaterThan(2);
        using var ending = new CancellationTokenSource();
        var thread = new Thread(() =>
        {
            while (!ending.IsCancellationRequested) _ = LinuxCalls.close(LinuxCalls.open(folder.Path, 0)); // and one that comes at any moment
        });
        thread.Start();
        try
        {
            var list = new CageCommand("/bin/ls", ["/proc/self/fd"], new Dictionary<string, string>(), []);
            for (var round = 0; round < 20; round++)
                (await OutputAsync(Cage.FindStrongest(level), list)).ShouldBe("0\n1\n2\n3\n");
        }
        finally
        {
            ending.Cancel();
            thread.Join();
            _ = LinuxCalls.close(careless);
        }
    }

    private static async Task OpensDeviceAsync(IsolationLevel level)
    {
        var read = new CageCommand("/usr/bin/head", ["-c", "3", "/dev/zero"], new Dictionary<string, string>(), []) { Devices = ["/dev/zero"] };
        (await OutputAsync(Cage.FindStrongest(level), read)).ShouldBe("\0\0\0");
    }

    private static Task<string> OutputAsync(Cage cage, params string[] arguments) => OutputAsync(cage, Probe(arguments));

    private static async Task<string> OutputAsync(Cage cage, CageCommand command)
    {
        using var process = await CagedProcess.StartAsync(cage, command);
        using var output = new StreamReader(process.Output, Encoding.UTF8);
        using var errors = new StreamReader(process.Error, Encoding.UTF8);
        var (text, words) = (output.ReadToEndAsync(), errors.ReadToEndAsync());
        (await process.Exited.WaitAsync(Patience.Limit)).ShouldBe(0, await words);
        return await text;
    }

    /// <summary>This test program, started a second time, in the environment that fedai-llama gets.</summary>
    private static CageCommand Probe(params string[] arguments)
    {
        var dotnet = LlamaFiles.FindDotnet(SecondProcess.Program)!;
        var command = LlamaCommand.For(SecondProcess.Program, AppContext.BaseDirectory, SecondProcess.Program, dotnet);
        return command with { Executable = Path.Combine(dotnet, "dotnet"), Arguments = [SecondProcess.Program, .. arguments] };
    }

    /// <summary>Some systems let only root and descendants trace; here any process may trace this one.</summary>
    private static void AllowTracing()
    {
        const int setTracer = 0x59616d61;
        _ = LinuxCalls.prctl(setTracer, nuint.MaxValue, 0, 0, 0);
    }
}

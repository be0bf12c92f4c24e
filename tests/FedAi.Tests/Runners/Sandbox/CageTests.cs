using System.Net;
using System.Net.Sockets;
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
    private static readonly string[] AllCalls = ["clone", "clone3", "execve", "execveat", "io_uring_setup", "process_vm_readv", "pidfd_open", "socket"];

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [CageFact(IsolationLevel.Bubblewrap)]
    public Task Bubblewrap_DeniesWhatItSays() => DeniesAsync(IsolationLevel.Bubblewrap);

    [CageFact(IsolationLevel.Landlock)]
    public Task Landlock_DeniesWhatItSays() => DeniesAsync(IsolationLevel.Landlock);

    [CageFact(IsolationLevel.Unshare)]
    public Task Unshare_DeniesWhatItSays() => DeniesAsync(IsolationLevel.Unshare);

    [CageFact(IsolationLevel.Rlimits)]
    public Task Rlimits_DenyWhatTheySay() => DeniesAsync(IsolationLevel.Rlimits);

    [CageFact(IsolationLevel.Bubblewrap)]
    public void Bubblewrap_AndTheLock_LeaveNothing() =>
        DenialRules.NotDenied(DenialRules.Outer(IsolationLevel.Bubblewrap, 0) | DenialRules.Inner(locked: true)).ShouldBeEmpty();

    [CageFact(IsolationLevel.Rlimits)]
    public async Task Lock_SingleSystemCalls_AreForbidden()
    {
        var cage = Cage.FindStrongest(IsolationLevel.Rlimits);
        (await OutputAsync(cage, "cage-calls", "free")).Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(AllCalls);
        (await OutputAsync(cage, "cage-calls", "locked")).ShouldBeEmpty();
    }

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
        await OutputAsync(Cage.FindStrongest(IsolationLevel.Landlock), "cage-calls", "free");
        File.WriteAllText(folder.File("mine"), "still free"); // this process went on as it was
    }

    private async Task DeniesAsync(IsolationLevel level)
    {
        const Denials all = Denials.Network | Denials.ReadFiles | Denials.WriteFiles | Denials.StartPrograms | Denials.SignalProcesses
            | Denials.TraceProcesses | Denials.UnlimitedMemory;
        AllowTracing();
        var cage = Cage.FindStrongest(level);
        (await WorksAsync(Cage.FindStrongest(IsolationLevel.None), "free")).ShouldBe(all, "without a cage everything works, or the probe proves nothing");
        (await WorksAsync(cage, "free")).ShouldBe(all & ~cage.Denies);
        (await WorksAsync(cage, "locked")).ShouldBe(all & ~(cage.Denies | DenialRules.Inner(locked: true)));
    }

    private async Task<Denials> WorksAsync(Cage cage, string mode)
    {
        var file = folder.File("secret");
        File.WriteAllText(file, "nsec1…");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return Enum.Parse<Denials>(await OutputAsync(cage, "cage-probe", mode, file, $"{Environment.ProcessId}", $"{port}"));
    }

    /// <summary>A descriptor that a careless library left open must not reach the child: it has its three streams and the folder that ls itself opens.</summary>
    private async Task PassesNoDescriptorsAsync(IsolationLevel level)
    {
        var careless = LinuxCalls.open(folder.Path, 0); // no O_CLOEXEC
        careless.ShouldBeGreaterThan(2);
        try
        {
            var list = new CageCommand("/bin/ls", ["/proc/self/fd"], new Dictionary<string, string>(), []);
            (await OutputAsync(Cage.FindStrongest(level), list)).ShouldBe("0\n1\n2\n3\n");
        }
        finally
        {
            _ = LinuxCalls.close(careless);
        }
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

using System.Diagnostics;
using FedAi.Runners.Llama;
using FedAi.Runners.Llama.Pipe;
using FedAi.Runners.Sandbox;
using FedAi.TestKit;
using FedAi.Tests.Runners.Sandbox;

namespace FedAi.Tests.Runners.Llama;

/// <summary>fedai-llama at every level of the cage: it works, it locks itself, and it ends with its parent.</summary>
public sealed class CagedModelTests
{
    [CageFact(IsolationLevel.Bubblewrap)]
    public Task Bubblewrap_ModelAnswersAndEndsWithItsParent() => WorksAsync(IsolationLevel.Bubblewrap);

    [CageFact(IsolationLevel.Landlock)]
    public Task Landlock_ModelAnswersAndEndsWithItsParent() => WorksAsync(IsolationLevel.Landlock);

    [CageFact(IsolationLevel.Unshare)]
    public Task Unshare_ModelAnswersAndEndsWithItsParent() => WorksAsync(IsolationLevel.Unshare);

    [CageFact(IsolationLevel.Rlimits)]
    public Task Rlimits_ModelAnswersAndEndsWithItsParent() => WorksAsync(IsolationLevel.Rlimits);

    /// <summary>Entry of the second process: loads the demo model in a cage, asks it, prints the answer and the child's process id, and waits to be killed.</summary>
    public static async Task<int> RunParentAsync(string level)
    {
        var (host, libraries) = (LlamaFiles.FindHost(null)!, LlamaFiles.FindLibraries(null)!);
        var command = LlamaCommand.For(host, libraries, DemoModel.Path, LlamaFiles.FindDotnet(host));
        using var child = await LlamaChild.StartAsync(Cage.FindStrongest(Enum.Parse<IsolationLevel>(level)), command, TimeProvider.System);
        var loaded = await child.LoadAsync(new(libraries, DemoModel.Path, 512, 4, 1, 1L << 30));
        if (loaded is not { Kind: HostEventKind.Ready, Locked: true }) return 3;
        GenerationMapping.TryRead(DemoModel.Ask("What is 7 + 5?"), new(), 1, loaded.Value.Count, out var generation);
        await using var call = child.Begin(generation!)!;
        var answer = string.Concat(await call.Events.ReadAllAsync().Where(step => step.Kind == HostEventKind.Token).Select(step => step.Text).ToListAsync());
        Console.WriteLine($"{child.RunnerProcessId()} {answer}");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    private static async Task WorksAsync(IsolationLevel level)
    {
        var start = new ProcessStartInfo("dotnet", [SecondProcess.Program, "runner-parent", $"{level}"]) { RedirectStandardOutput = true };
        using var parent = Process.Start(start)!;
        var line = await parent.StandardOutput.ReadLineAsync(new CancellationTokenSource(Patience.Limit).Token);
        var words = line.ShouldNotBeNull("the second process failed").Split(' ', 2);
        words[1].ShouldBe("7 + 5 = 12.");
        File.ReadAllText($"/proc/{words[0]}/comm").ShouldStartWith("fedai-llama");
        Signals.Kill(parent.Id);
        await Signals.GoneAsync(int.Parse(words[0]));
    }
}

using System.Text.Json.Nodes;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>CLI-01 to CLI-06: the wizard of the real executable in a terminal, by the keys that a person presses.</summary>
public sealed class SetupWizardTests : IAsyncLifetime
{
    private static readonly string[] Titles = ["1  What this machine is", "2  How fast it is", "3  What it is good for", "4  What will be set up", "5  Done"];

    private readonly ProcessFederation federation = new(Fedai.Executable);
    private readonly CancellationTokenSource patience = new(TimeSpan.FromMinutes(3));

    private string Data => federation.Data("node");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await federation.DisposeAsync();
        patience.Dispose();
    }

    [TerminalFact]
    public async Task SetupNode_EnterAlone_MeasuresAppliesAndTheNodeStarts()
    {
        await using var terminal = Terminal.Start(Fedai.Executable, "setup", "node", "--short", "--skip-relays", "--data", Data, "--set", "http.allowPrivate=loopback");

        await terminal.SeesAsync(Titles[0]);
        await terminal.SeesAsync("[cpu_");
        await terminal.SeesAsync(Titles[1]);
        await terminal.SeesAsync("Measure it?");
        await terminal.TypeAsync(Terminal.Enter);
        await terminal.SeesAsync(Titles[2]);
        await terminal.SeesAsync(RoleTypes.Prepost);
        await terminal.SeesAsync(Titles[3]);
        await terminal.SeesAsync("Apply");
        await terminal.TypeAsync(Terminal.Enter);
        await terminal.SeesAsync(Titles[4]);
        (await terminal.EndAsync()).ShouldBe(0, terminal.Text);

        foreach (var file in new[] { "fedai.json", "identity.nsec", "node.manifest.json" }) File.Exists(Path.Combine(Data, file)).ShouldBeTrue(file);
        (await Manifest())["benchmarks"].ShouldNotBeNull();
        (await federation.RestartAsync("node", patience.Token)).Url.ShouldNotBeNull();
    }

    [TerminalFact]
    public async Task SetupNode_SomethingChanged_StandsInConfigurationAndManifest()
    {
        await using var terminal = Terminal.Start(Fedai.Executable, "setup", "node", "--short", "--skip-relays", "--data", Data);
        await terminal.SeesAsync("Measure it?");
        await terminal.TypeAsync(Terminal.Down);
        await terminal.TypeAsync(Terminal.Enter);
        await terminal.SeesAsync(Titles[3]);
        await terminal.SeesAsync("Change something");

        await terminal.TypeAsync(Terminal.Down);
        await terminal.TypeAsync(Terminal.Enter);
        await terminal.SeesAsync("Roles (space selects");
        // The first of the list was recommended, and is taken out.
        await terminal.TypeAsync(Terminal.Space);
        await terminal.TypeAsync(Terminal.Enter);
        await terminal.SeesAsync("Requests at once");
        await terminal.TypeAsync("3" + Terminal.Enter);
        await terminal.SeesAsync("Tokens of one answer");
        await terminal.TypeAsync(Terminal.Enter);
        await terminal.SeesAsync("Router to serve");
        await terminal.TypeAsync(Terminal.Enter);
        await terminal.SeesAsync(Titles[3]);
        await terminal.SeesAsync("3 at once");
        await terminal.SeesAsync("Apply");
        await terminal.TypeAsync(Terminal.Enter);
        await terminal.SeesAsync(Titles[4]);
        (await terminal.EndAsync()).ShouldBe(0, terminal.Text);

        var (manifest, config) = (await Manifest(), JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Data, "fedai.json"), patience.Token))!);
        ((int)manifest["limits"]!["max_concurrency"]!, (int)config["node"]!["maxConcurrency"]!).ShouldBe((3, 3));
        var roles = manifest["role_types"]!.AsArray().Select(role => (string)role!).ToList();
        roles.ShouldNotContain(RoleTypes.Running[0]);
        roles.Count.ShouldBeGreaterThan(0);
        config["node"]!["roles"]!.AsArray().Select(role => (string)role!).ShouldBe(roles);
    }

    [TerminalFact]
    public async Task SetupNode_LimitThatTheOptionsForbid_IsRefusedAndAskedAgain()
    {
        await using var terminal = Terminal.Start(Fedai.Executable, "setup", "node", "--skip-bench", "--skip-relays", "--data", Data);
        await terminal.SeesAsync("Change something");
        await terminal.TypeAsync(Terminal.Down);
        await terminal.TypeAsync(Terminal.Enter);
        await terminal.SeesAsync("Roles (space selects");
        await terminal.TypeAsync(Terminal.Enter);
        await terminal.SeesAsync("Requests at once");
        await terminal.TypeAsync("0" + Terminal.Enter);
        await terminal.SeesAsync("Tokens of one answer");
        await terminal.TypeAsync(Terminal.Enter);
        await terminal.SeesAsync("Router to serve");
        await terminal.TypeAsync(Terminal.Enter);

        await terminal.SeesAsync(Titles[3]);
        await terminal.SeesAsync("node.maxConcurrency");
        await terminal.SeesAsync("Change something");
        await terminal.TypeAsync(Terminal.Down);
        await terminal.TypeAsync(Terminal.Enter);
        (await terminal.EndAsync()).ShouldBe(2, terminal.Text);
        Directory.Exists(Data).ShouldBeFalse();
    }

    [TerminalFact]
    public async Task SetupNode_Left_WritesNothing()
    {
        await using var terminal = Terminal.Start(Fedai.Executable, "setup", "node", "--skip-bench", "--skip-relays", "--data", Data);
        await terminal.SeesAsync("Leave; write nothing");

        await terminal.TypeAsync(Terminal.Down);
        await terminal.TypeAsync(Terminal.Down);
        await terminal.TypeAsync(Terminal.Enter);

        await terminal.SeesAsync("nothing was written");
        (await terminal.EndAsync()).ShouldBe(2, terminal.Text);
        Directory.Exists(Data).ShouldBeFalse();
    }

    /// <summary>CLI-03: a router is measured without being asked, and a short benchmark is never enough.</summary>
    [TerminalFact]
    public async Task SetupRouter_InATerminal_IsMeasuredWithoutAChoice()
    {
        var data = federation.Data("router");
        await using var terminal = Terminal.Start(Fedai.Executable, ["setup", "router", "--short", "--skip-relays", "--data", data, .. await RouterSetup.EveryMachineAsync(federation, patience.Token)]);

        await terminal.SeesAsync(Titles[0]);
        await terminal.SeesAsync(Titles[1]);
        await terminal.SeesAsync("left: ");
        await terminal.SeesAsync("3  Whether it may be a router");
        await terminal.SeesAsync("This machine should not run a router.");
        await terminal.SeesAsync("a short benchmark does not count");
        (await terminal.EndAsync()).ShouldBe(1, terminal.Text);

        terminal.Text.ShouldNotContain("Measure it?");
        File.Exists(Path.Combine(data, "router.manifest.json")).ShouldBeFalse();
    }

    private async Task<JsonNode> Manifest() => JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Data, "node.manifest.json"), patience.Token))!;
}

using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Protocol.Crypto;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Tests.Daemon.Cli;

/// <summary>Models of the folder beside a node that runs: served by name, kept while served, and nothing is left when the node is killed.</summary>
public sealed class ServedModelTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_NameOfAModel_ServesItAndTellsItsHashAndLeavesNothingWhenKilled()
    {
        await MustAsync("keys", "new");
        await MustAsync("manifest", "--write", "--role", "node");
        await MustAsync("models", "add", DemoModel.Path, "--name", "demo");
        await MustAsync("models", "add", DemoModel.Path, "--name", "other");
        await using var node = await FedaiProcess.StartAsync(Fedai.Executable, ["run", "demo", "--listen", "127.0.0.1:0", "--data", folder.Path], CancellationToken.None);

        var hashes = await Patience.ForAsync(() => StatusAsync().Result["modelHashes"] is JsonObject { Count: > 0 } served ? served : null);
        hashes.ToJsonString().ShouldBe($$"""{"demo":"{{DemoModel.Sha256}}"}""");
        var runner = (int)(await StatusAsync())["runner"]!["pid"]!;
        await node.KillAsync(CancellationToken.None);

        await Signals.GoneAsync(runner);
        ProcessTree.Find(1, "fedai-llama").ShouldNotContain(runner);
    }

    [Fact]
    public async Task Remove_ModelIsServed_IsRefusedUnlessForced()
    {
        await MustAsync("models", "add", DemoModel.Path, "--name", "demo");
        await using var scripted = new ScriptedRunner { Models = [new RunnerModel("demo", 512, DemoModel.Sha256)] };
        await using var node = await TestDaemon.StartAsync(Role.Node, add: services => services.AddSingleton<IRunner>(scripted), key: KeyPair.Generate(), dataFolder: folder.Path);

        var refused = await RunAsync("models", "rm", "demo");

        refused.ExitCode.ShouldBe(1);
        refused.Errors.ShouldContain("a running fedai serves demo");
        (await RunAsync("models", "verify")).ExitCode.ShouldBe(0);
        (await RunAsync("models", "rm", "demo", "--force")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task List_BesideANode_SaysWhereEachModelStandsAndRoutersHearOfTheActiveOnly()
    {
        TinyGguf.WriteDamaged(folder.File("damaged.gguf"));
        TinyGguf.WriteRandom(folder.File("fresh.gguf"));
        foreach (var (file, name) in new[] { (DemoModel.Path, "demo"), (DemoModel.Path, "copy"), (DemoModel.Path, "gone"), (folder.File("damaged.gguf"), "damaged"), (folder.File("fresh.gguf"), "fresh") })
            await MustAsync("models", "add", file, "--name", name);
        File.Delete(Path.Combine(folder.Path, "models", "gone.gguf"));
        await using var router = await TestDaemon.StartAsync(Role.Router);
        var options = new FedAiOptions
        {
            Node = new NodeOptions { Routers = [$"{router.Key.PublicKey.Npub}@{router.Base}"] },
            Runner = new RunnerOptions { ModelPath = "demo", Models = [new ServedModelOptions { Path = "damaged" }] },
        };
        await using (var node = await TestDaemon.StartAsync(Role.Node, options, key: KeyPair.Generate(), dataFolder: folder.Path))
        {
            await Patience.UntilAsync(async () => (await StatesAsync()) is { } states && states["demo"] == "active" && states["damaged"] == "failed");
            (await StatesAsync()).ShouldBe(new Dictionary<string, string> { ["demo"] = "active", ["copy"] = "inactive", ["gone"] = "archived", ["damaged"] = "failed", ["fresh"] = "pending" }, ignoreOrder: true);
            var listed = await RunAsync("models", "list");
            listed.Output.ShouldContain("computes no numbers");
            listed.Output.ShouldContain("its file is gone");
            (await StatusAsync())["modelStates"]!.AsArray().Select(model => $"{model!["name"]} {model["state"]}").ShouldBe(["demo active", "damaged failed"]);

            using var client = new ChatClient(router.Base);
            await client.FirstModelAsync(default);
            (await client.ModelsAsync(default)).ShouldBe(["demo"]);
        }

        var after = await StatesAsync();
        (after["demo"], after["damaged"], after["fresh"]).ShouldBe(("inactive", "failed", "pending"));
    }

    private async Task<Dictionary<string, string>> StatesAsync() =>
        JsonNode.Parse((await RunAsync("models", "list", "--json")).Output)!["models"]!.AsArray().ToDictionary(model => (string)model!["name"]!, model => (string)model!["state"]!);

    private async Task<JsonObject> StatusAsync() => JsonNode.Parse((await RunAsync("status", "--json")).Output)!.AsObject();

    private async Task MustAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.Errors);
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => Fedai.RunAsync([.. arguments, "--data", folder.Path]);
}

using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Cli;

public sealed class RunCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("node")]
    [InlineData("router")]
    public async Task Run_SignedManifest_TakesItsRoleAndStopsInOrderOnSigterm(string role)
    {
        await PrepareAsync(role);
        await using var daemon = await StartAsync();

        var status = await Fedai.RunAsync("status", "--data", folder.Path, "--json");
        var code = await daemon.StopAsync(CancellationToken.None);

        JsonNode.Parse(status.Output)!["role"]!.GetValue<string>().ShouldBe(role);
        JsonNode.Parse(status.Output)!["services"]!.AsArray().Count.ShouldBeGreaterThan(1);
        code.ShouldBe(0);
        daemon.Output.TrimEnd().Split('\n')[^1].ShouldEndWith("stopped");
    }

    [Fact]
    public async Task Run_AfterKill_HasEverythingAndStartsAtOnce()
    {
        await PrepareAsync("router");
        await using (var first = await StartAsync()) await first.KillAsync(CancellationToken.None);
        File.Exists(folder.File("fedai.sock")).ShouldBeTrue("a crash leaves the socket behind");

        await using var second = await StartAsync();

        (await Fedai.RunAsync("status", "--data", folder.Path)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Run_StoreRemoved_StartsWithAnEmptyOne()
    {
        await PrepareAsync("router");
        await using (var first = await StartAsync()) await first.StopAsync(CancellationToken.None);
        Directory.Delete(folder.File("main"), recursive: true);

        await using var second = await StartAsync();

        (await Fedai.RunAsync("metering", "summary", "--data", folder.Path, "--json")).Output.Trim().ShouldBe("""{"totals":[]}""");
    }

    [Fact]
    public async Task Run_SecondDaemonOnTheFolder_EndsWith75AndTheFirstStays()
    {
        await PrepareAsync("router");
        await using var first = await StartAsync();

        var second = await Fedai.RunAsync("run", "--data", folder.Path, "--listen", "127.0.0.1:0");

        second.ExitCode.ShouldBe(75);
        second.Errors.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldContain("another fedai runs on");
        (await Fedai.RunAsync("status", "--data", folder.Path)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Run_NoKey_EndsWith2InOneLine() => await RefusedAsync("fedai keys new");

    [Fact]
    public async Task Run_NoManifest_EndsWith2InOneLine()
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);

        await RefusedAsync("fedai manifest --write");
    }

    [Fact]
    public async Task Run_ChangedManifest_EndsWith2InOneLine()
    {
        await PrepareAsync("router");
        var path = folder.File("router.manifest.json");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("probation", "normal", StringComparison.Ordinal));

        await RefusedAsync("changed after it was signed");
    }

    [Fact]
    public async Task Run_OffLoopbackWithoutTls_EndsWith2InOneLine()
    {
        await PrepareAsync("router");

        await RefusedAsync("http.allowPlain", "--listen", "192.0.2.1:8480");
    }

    [Fact]
    public async Task Run_UnknownKeyInTheFile_EndsWith2AndIsNamed()
    {
        await PrepareAsync("router");
        await File.WriteAllTextAsync(folder.File("fedai.json"), """{ "netwrk": "x" }""");

        await RefusedAsync("did you mean network?");
    }

    private async Task PrepareAsync(string role)
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        (await Fedai.RunAsync("manifest", "--write", "--role", role, "--data", folder.Path)).ExitCode.ShouldBe(0);
    }

    private Task<FedaiProcess> StartAsync() =>
        FedaiProcess.StartAsync(Fedai.Executable, ["run", "--data", folder.Path, "--listen", "127.0.0.1:0", "--set", "runner.kind=none"], CancellationToken.None);

    private async Task RefusedAsync(string reason, params string[] more)
    {
        var result = await Fedai.RunAsync(["run", "--data", folder.Path, .. more]);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBe("");
        result.Errors.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldContain(reason);
    }
}

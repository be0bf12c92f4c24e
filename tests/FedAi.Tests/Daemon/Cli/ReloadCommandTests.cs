using System.Diagnostics;
using System.Globalization;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Cli;

public sealed class ReloadCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Reload_RunningRouter_SaysWhatChangedAndSighupDoesTheSame()
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        await Fedai.RunAsync("manifest", "--write", "--role", "router", "--data", folder.Path);
        // Under nohup, SIGHUP would be ignored by everything that is started below.
        await using var router = await FedaiProcess.StartAsync("env", ["--default-signal=HUP", Fedai.Executable, "run", "--data", folder.Path, "--listen", "127.0.0.1:0"], CancellationToken.None);

        await WriteAsync("""{"api":{"rps":7},"http":{"maxRequestBytes":4096}}""");
        var reloaded = await Fedai.RunAsync("reload", "--data", folder.Path);
        await WriteAsync("""{"api":{"rps":0},"nonsense":1}""");
        var refused = await Fedai.RunAsync("reload", "--data", folder.Path);
        await WriteAsync("""{"api":{"rps":8},"http":{"maxRequestBytes":4096}}""");
        using (var kill = Process.Start("kill", ["-HUP", router.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await Patience.UntilAsync(() => router.Output.Split("changed api.rps;").Length == 3);

        (reloaded.ExitCode, refused.ExitCode).ShouldBe((0, 2));
        reloaded.Output.ShouldBe("changed: api.rps\nwaits for a restart: http.maxRequestBytes\n");
        refused.Errors.ShouldContain("nonsense");
        refused.Errors.ShouldContain("api.rps");
        (await router.StopAsync(CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task Reload_NoDaemon_SaysHowToStartOne()
    {
        var reload = await Fedai.RunAsync("reload", "--data", folder.Path);

        reload.ExitCode.ShouldBe(75);
        reload.Errors.ShouldContain("fedai run");
    }

    private Task WriteAsync(string json) => File.WriteAllTextAsync(folder.File("fedai.json"), json);
}

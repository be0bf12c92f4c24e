using System.Diagnostics;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class SystemdServiceTests
{
    [Fact]
    public async Task Notify_ReadyAliveStopping_AreTold()
    {
        using var folder = new TempFolder();
        using var notify = new NotifySocket();
        using var patience = new CancellationTokenSource(Patience.Limit);
        var start = new ProcessStartInfo(Fedai.Executable, ["relay", "--listen", "127.0.0.1:0", "--data", folder.Path]) { RedirectStandardOutput = true };
        start.Environment["NOTIFY_SOCKET"] = notify.Path;
        start.Environment["WATCHDOG_USEC"] = "200000";
        using var daemon = Process.Start(start)!;

        (await notify.NextAsync(patience.Token)).ShouldBe("READY=1");
        (await notify.NextAsync(patience.Token)).ShouldBe("WATCHDOG=1");
        (await notify.NextAsync(patience.Token)).ShouldBe("WATCHDOG=1");
        using (var kill = Process.Start("kill", ["-TERM", daemon.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();

        string last;
        do last = await notify.NextAsync(patience.Token);
        while (last == "WATCHDOG=1");
        last.ShouldBe("STOPPING=1");
        await daemon.WaitForExitAsync(patience.Token);
        daemon.ExitCode.ShouldBe(0);
    }
}

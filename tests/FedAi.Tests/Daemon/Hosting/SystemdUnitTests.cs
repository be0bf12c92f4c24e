using System.Diagnostics;
using FedAi.TestKit;
using FedAi.Tests.Shape;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class SystemdUnitTests
{
    private static readonly string Unit = Path.Combine(SourceTree.FindRoot(), "systemd", "fedai.service");

    [SystemdFact]
    public void Unit_Verified_HasNothingToSayAgainst()
    {
        using var folder = new TempFolder();
        var copy = Copy(folder);

        // An unknown key is only a line on standard error, with exit code 0: any output is a failure.
        Run("verify", copy).ShouldBe((0, ""));
    }

    [SystemdFact]
    public void Unit_Exposure_IsLow()
    {
        using var folder = new TempFolder();

        Run("security", "--offline=true", "--threshold=20", Copy(folder)).Code.ShouldBe(0);
    }

    /// <summary>The executable that it names is not installed here.</summary>
    private static string Copy(TempFolder folder)
    {
        var copy = folder.File("fedai.service");
        File.WriteAllText(copy, File.ReadAllText(Unit).Replace("=/usr/lib/fedai/fedai", "=" + Environment.ProcessPath, StringComparison.Ordinal));
        return copy;
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(SystemdFactAttribute.Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var text = process.StandardError.ReadToEnd() + output.Result;
        process.WaitForExit();
        return (process.ExitCode, text);
    }
}

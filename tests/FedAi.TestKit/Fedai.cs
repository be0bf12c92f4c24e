using System.Diagnostics;

namespace FedAi.TestKit;

/// <summary>The executable, run to its end: as the tests' build made it, or the one that <c>FEDAI_PROGRAM</c> names, which <c>./fedai.sh test --native</c> publishes.</summary>
internal static class Fedai
{
    /// <summary>The build's lies beside the tests, because they use its assembly.</summary>
    public static string Executable { get; } = Environment.GetEnvironmentVariable("FEDAI_PROGRAM") ?? Path.Combine(AppContext.BaseDirectory, "fedai");

    public static Task<CommandResult> RunAsync(params string[] arguments) => RunAsync("", arguments);

    /// <summary>Without a terminal; waits for nothing that was not given on standard input.</summary>
    public static async Task<CommandResult> RunAsync(string input, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CommandResult(process.ExitCode, output, await errors);
    }
}

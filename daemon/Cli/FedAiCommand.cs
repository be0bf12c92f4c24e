using System.CommandLine;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli;

/// <summary>The command line: every command, its errors as one line each, and the exit codes of DECISIONS E19.</summary>
internal static class FedAiCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var root = new RootCommand("fedai: federated AI inference. A node serves models, a router finds nodes, a gateway is your own OpenAI-compatible door.")
        {
            RunCommand.Create(), GatewayCommand.Create(), RelayCommand.Create(), RelaysCommand.Create(), KeysCommand.Create(), ApiKeysCommand.Create(), ManifestCommand.Create(),
            StatusCommand.Create(), AskCommand.Create(), RoutersCommand.Create(), TrustCommand.Create(), MeteringCommand.Create(), ConfigCommand.Create(), ReloadCommand.Create(), DoctorCommand.Create(),
            ProfileCommand.Create(), BenchCommand.Create(), RecommendCommand.Create(), ModelsCommand.Create(),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Errors.TellAsync($"{error.Message} See fedai {CommandPath(parsed)}--help");
            return ExitCodes.Usage;
        }

        try
        {
            return await InvokeAsync(parsed);
        }
#pragma warning disable CA1031 // A bug has its own exit code (DECISIONS E19); the message could quote a secret or a prompt, so only types and places are told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"fedai: this is a bug, please report it:{FaultEnricher.Describe(exception)}");
            return ExitCodes.Bug;
        }
    }

    private static Task<int> InvokeAsync(ParseResult parsed) =>
        // The daemon ends in its own time after SIGTERM; the default would end the process after 2 s.
        parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });

    private static string CommandPath(ParseResult parsed)
    {
        var path = "";
        for (var result = parsed.CommandResult; result?.Parent is System.CommandLine.Parsing.CommandResult parent; result = parent) path = $"{result.Command.Name} {path}";
        return path;
    }
}

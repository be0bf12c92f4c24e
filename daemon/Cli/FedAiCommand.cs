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
            RunCommand.Create(), GatewayCommand.Create(), RelayCommand.Create(), KeysCommand.Create(), ManifestCommand.Create(),
            StatusCommand.Create(), AskCommand.Create(), RoutersCommand.Create(), MeteringCommand.Create(), ConfigCommand.Create(),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Errors.TellAsync($"{error.Message} See fedai {CommandPath(parsed)}--help");
            return ExitCodes.Usage;
        }

        // The daemon ends in its own time after SIGTERM; the default would end the process after 2 s.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    private static string CommandPath(ParseResult parsed)
    {
        var path = "";
        for (var result = parsed.CommandResult; result?.Parent is System.CommandLine.Parsing.CommandResult parent; result = parent) path = $"{result.Command.Name} {path}";
        return path;
    }
}

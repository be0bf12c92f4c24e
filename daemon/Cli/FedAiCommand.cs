using System.CommandLine;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli;

/// <summary>The command line: every command, its errors as one line each, and the exit codes of DECISIONS E19.</summary>
internal static class FedAiCommand
{
    private static readonly (string Name, Func<Command> Create)[] Commands =
    [
        ("setup", Setup.SetupCommand.Create), ("run", RunCommand.Create), ("gateway", GatewayCommand.Create), ("relay", RelayCommand.Create),
        ("relays", RelaysCommand.Create), ("keys", KeysCommand.Create), ("apikeys", ApiKeysCommand.Create),
        ("manifest", ManifestCommand.Create), ("status", StatusCommand.Create), ("ask", AskCommand.Create),
        ("routers", RoutersCommand.Create), ("trust", TrustCommand.Create), ("metering", MeteringCommand.Create), ("trace", TraceCommand.Create),
        ("config", ConfigCommand.Create), ("doctor", DoctorCommand.Create), ("profile", ProfileCommand.Create),
        ("bench", BenchCommand.Create), ("recommend", RecommendCommand.Create), ("models", ModelsCommand.Create), ("reload", ReloadCommand.Create),
    ];

    public static IReadOnlyList<string> Names => [.. Commands.Select(command => command.Name)];

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var root = new RootCommand("fedai: federated AI inference. A node serves models, a router finds nodes, a gateway is your own OpenAI-compatible door.");
        foreach (var command in Named(arguments)) root.Add(command);
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

    /// <summary>Only the command that is asked for: a daemon keeps for weeks what it loads at its start. All of them for help, and to say what was meant.</summary>
    private static IEnumerable<Command> Named(IReadOnlyList<string> arguments)
    {
        foreach (var (name, create) in Commands)
            if (arguments.Count > 0 && name == arguments[0]) return [create()];
        return Commands.Select(command => command.Create());
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

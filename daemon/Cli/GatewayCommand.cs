using System.CommandLine;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai gateway</c>: the OpenAI-compatible door on the user's own machine. Its first start makes the user's key.</summary>
internal static class GatewayCommand
{
    private static readonly Option<string?> Listen = CliOptions.Listen("where to listen, instead of gateway.listen");
    private static readonly Option<string[]> Relays = new("--relay") { Description = "relay on which routers announce themselves; may be given several times", HelpName = "URL", DefaultValueFactory = _ => [] };

    public static Command Create()
    {
        var command = new Command("gateway", "serve an OpenAI-compatible API on this machine through the federation's routers")
        {
            CliOptions.Data, CliOptions.Config, CliOptions.Set, Listen, Relays, CliOptions.Aggregators,
        };
        command.SetAction((arguments, _) => RunAsync(arguments));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments)
    {
        var (relays, directories) = (arguments.GetValue(Relays)!, arguments.GetValue(CliOptions.Aggregators)!);
        (string, string?)[] flags =
        [
            ("gateway.listen", arguments.GetValue(Listen)), ("relays.bootstrap", relays.Length > 0 ? string.Join(',', relays) : null),
            ("relays.directories", directories.Length > 0 ? string.Join(',', directories) : null),
        ];
        if (await CliConfig.ReadAsync(arguments, flags) is not { } options) return ExitCodes.Usage;
        var folder = Path.GetFullPath(arguments.GetValue(CliOptions.Data)!);
        if (!IdentityFile.TryCreate(folder, out var key) && !IdentityFile.TryRead(folder, out key, out var problem))
        {
            await Errors.TellAsync(problem);
            return ExitCodes.Usage;
        }

        using (key) return await DaemonHost.RunAsync(new DaemonContext { Role = Role.Gateway, DataFolder = folder, Options = options, Key = key, Reread = () => CliConfig.LoadAsync(arguments, flags) }, Console.Error);
    }
}

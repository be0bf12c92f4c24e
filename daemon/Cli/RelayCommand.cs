using System.CommandLine;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai relay</c>: the small NIP-01 relay alone, without a key and a data folder.</summary>
internal static class RelayCommand
{
    private static readonly Option<string?> Listen = CliOptions.Listen("where to listen, instead of http.listen");

    public static Command Create()
    {
        var command = new Command("relay", "run a small Nostr relay for the federation's events at /relay") { CliOptions.Data, CliOptions.Config, CliOptions.Set, Listen };
        command.SetAction(async (arguments, _) => await CliConfig.ReadAsync(arguments, ("http.listen", arguments.GetValue(Listen))) is { } options
            ? await DaemonHost.RunAsync(new DaemonContext { Role = Role.Relay, Options = options }, Console.Error)
            : ExitCodes.Usage);
        return command;
    }
}

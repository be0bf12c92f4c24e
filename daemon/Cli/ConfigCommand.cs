using System.CommandLine;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai config check</c>: reads the configuration as <c>fedai run</c> would, and reports every problem.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var check = new Command("check", "check the configuration file, the environment and the flags together") { CliOptions.Data, CliOptions.Config, CliOptions.Set };
        check.SetAction(async (arguments, _) =>
        {
            if (await CliConfig.ReadAsync(arguments) is null) return ExitCodes.Usage;
            Console.WriteLine("ok");
            return ExitCodes.Ok;
        });
        return new Command("config", "the configuration") { check };
    }
}

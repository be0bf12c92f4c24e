using System.CommandLine;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli;

/// <summary>Options that several commands share.</summary>
internal static class CliOptions
{
    public static Option<string> Data { get; } = new("--data", "-d") { Description = "data folder of the daemon", DefaultValueFactory = _ => DataFolder.DefaultPath, HelpName = "DIR" };

    public static Option<string?> Config { get; } = new("--config", "-c") { Description = "configuration file (default: fedai.json in the data folder)", HelpName = "FILE" };

    public static Option<string[]> Set { get; } = new("--set") { Description = "one configuration value, as section.key=value; may be given several times", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };

    public static Option<string[]> Aggregators { get; } = new("--aggregators")
    {
        Description = "directory of relays to ask, instead of relays.directories; may be given several times", HelpName = "URL", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
    };

    public static Option<bool> Json { get; } = new("--json") { Description = "machine-readable output" };

    public static Option<string?> Listen(string description) => new("--listen") { Description = description, HelpName = "ADDRESS:PORT" };
}

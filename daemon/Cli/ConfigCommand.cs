using System.CommandLine;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai config check|show</c>: the configuration as <c>fedai run</c> would read it.</summary>
internal static class ConfigCommand
{
    private static readonly Option<bool> Origin = new("--origin", "--effective") { Description = "also say where each value came from: default, file, environment or flag" };

    public static Command Create()
    {
        var check = new Command("check", "check the configuration file, the environment and the flags together") { CliOptions.Data, CliOptions.Config, CliOptions.Set };
        check.SetAction(async (arguments, _) =>
        {
            if (await CliConfig.ReadAsync(arguments) is null) return ExitCodes.Usage;
            Console.WriteLine("ok");
            return ExitCodes.Ok;
        });
        var show = new Command("show", "print every option with the value it has now") { CliOptions.Data, CliOptions.Config, CliOptions.Set, Origin, CliOptions.Json };
        show.SetAction((arguments, _) => ShowAsync(arguments));
        return new Command("config", "the configuration") { check, show };
    }

    private static async Task<int> ShowAsync(ParseResult arguments)
    {
        var read = await CliConfig.LoadAsync(arguments);
        foreach (var problem in read.Problems) await Errors.TellAsync(problem);
        if (read.Options is not { } options) return ExitCodes.Usage;

        var origin = arguments.GetValue(Origin);
        var rows = OptionsReader.Values(options).Select(option => (option.Key, option.Value, Origin: read.Origins.GetValueOrDefault(option.Key, "default"))).ToList();
        if (arguments.GetValue(CliOptions.Json))
        {
            Console.WriteLine(new JsonObject(rows.Select(row => KeyValuePair.Create<string, JsonNode?>(row.Key,
                origin ? new JsonObject { ["value"] = row.Value?.DeepClone(), ["origin"] = row.Origin } : row.Value?.DeepClone()))).ToJsonString());
            return ExitCodes.Ok;
        }

        var width = rows.Max(row => row.Key.Length);
        foreach (var row in rows)
            Console.WriteLine(TerminalText.Clean($"{row.Key.PadRight(width)}  {row.Value?.ToJsonString() ?? "-"}{(origin ? $"  ({row.Origin})" : "")}"));
        return ExitCodes.Ok;
    }
}

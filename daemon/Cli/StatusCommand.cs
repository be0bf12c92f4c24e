using System.CommandLine;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai status</c>: what the daemon on a data folder says of itself.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var command = new Command("status", "ask the running daemon how it is") { CliOptions.Data, CliOptions.Json };
        command.SetAction((arguments, cancellationToken) => AskAsync(arguments, cancellationToken));
        return command;
    }

    private static async Task<int> AskAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (await RunningDaemon.AskAsync(arguments.GetValue(CliOptions.Data)!, "status", cancellationToken) is not { } text) return ExitCodes.TryAgain;
        if (arguments.GetValue(CliOptions.Json)) Console.WriteLine(text);
        else Print(JsonNode.Parse(text)!, "");
        return ExitCodes.Ok;
    }

    /// <summary>One <c>path: value</c> line for each value.</summary>
    private static void Print(JsonNode? node, string path)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members) Print(value, path.Length == 0 ? name : $"{path}.{name}");
                break;
            case JsonArray items when items.Any(item => item is JsonObject or JsonArray):
                for (var i = 0; i < items.Count; i++) Print(items[i], $"{path}[{i}]");
                break;
            case JsonArray items:
                Console.WriteLine($"{path}: {string.Join(", ", items.Select(item => item?.ToString()))}");
                break;
            default:
                Console.WriteLine($"{path}: {node}");
                break;
        }
    }
}

using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Control;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai reload</c>: the running daemon reads its configuration again and says what changed, what waits for a restart, or what is wrong.</summary>
internal static class ReloadCommand
{
    public static Command Create()
    {
        var command = new Command("reload", "have the running daemon read its configuration again") { CliOptions.Data, CliOptions.Json };
        command.SetAction(ReloadAsync);
        return command;
    }

    private static async Task<int> ReloadAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = arguments.GetValue(CliOptions.Data)!;
        using var control = new ControlClient(folder);
        try
        {
            if (await control.PostAsync("reload", [], cancellationToken) is not var (ok, text))
            {
                await Errors.TellAsync($"no fedai runs on {Path.GetFullPath(folder)}: start it with fedai run --data {folder}, or name its folder with --data");
                return ExitCodes.TryAgain;
            }

            var json = JsonNode.Parse(text)!;
            if (arguments.GetValue(CliOptions.Json)) Console.WriteLine(text);
            else if (ok)
            {
                Console.WriteLine($"changed: {Keys(json["applied"]!)}");
                if (json["needRestart"]!.AsArray().Count > 0) Console.WriteLine($"waits for a restart: {Keys(json["needRestart"]!)}");
            }

            if (ok) return ExitCodes.Ok;
            foreach (var problem in json["details"]?.AsArray() ?? []) await Errors.TellAsync($"{problem}");
            await Errors.TellAsync($"{json["hint"] ?? json["error"]}");
            return ExitCodes.Usage;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or JsonException)
        {
            await Errors.TellAsync($"the fedai on {Path.GetFullPath(folder)} did not answer: {exception.Message}");
            return ExitCodes.TryAgain;
        }
    }

    private static string Keys(JsonNode keys) => keys.AsArray() is { Count: > 0 } named ? string.Join(", ", named) : "nothing";
}

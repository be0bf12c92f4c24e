using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai bench node|router</c>: measures this machine with seeded work, in a set time.</summary>
internal static class BenchCommand
{
    private static readonly TimeSpan ShortBudget = TimeSpan.FromSeconds(4);

    private static readonly Option<bool> Short = new("--short") { Description = "a few seconds, to see that it works; never counts for a verdict" };
    private static readonly Option<long?> Seed = new("--seed") { Description = "what the work is made from, instead of bench.seed", HelpName = "NUMBER" };
    private static readonly Option<int?> MaxSeconds = new("--max-seconds") { Description = "how long it may take, 10 to 300, and on a slow machine up to a minute more within 300; below 60 (a router: 120) it counts as short", HelpName = "SECONDS" };
    private static readonly Option<FileInfo?> Out = new("--out") { Description = "also write the result as JSON into this file", HelpName = "FILE" };

    public static Command Create()
    {
        var node = new Command("node", "processor, memory, disk, network and the installed model") { CliOptions.Data, CliOptions.Config, CliOptions.Set, Short, Seed, MaxSeconds, Out, CliOptions.Json };
        node.SetAction((arguments, _) => NodeAsync(arguments));
        var router = new Command("router", "requests, decisions, failing nodes, many peers, logging and short memory, with routers of its own") { CliOptions.Data, CliOptions.Config, CliOptions.Set, Short, Seed, MaxSeconds, Out, CliOptions.Json };
        router.SetAction((arguments, _) => RouterAsync(arguments));
        return new Command("bench", "measure this machine") { node, router };
    }

    private static async Task<int> NodeAsync(ParseResult arguments)
    {
        if (await CliConfig.ReadAsync(arguments) is not { } options) return ExitCodes.Usage;
        var (budget, isShort) = await BudgetAsync(arguments, options.Bench.NodeSeconds, least: 60);
        if (budget == TimeSpan.Zero || await CannotTellAsync(arguments)) return ExitCodes.Usage;
        var folder = Path.GetFullPath(arguments.GetValue(CliOptions.Data)!);
        using var interruption = new Interruption();
        using var lines = new BenchLines("node");
        var profile = await MachineScan.RunAsync(MachineRoot.This, folder, [], options.Bands, options.Privacy, TimeProvider.System, interruption.Token);
        await using var runner = new NodeRunner(options.Runner, options.Models, folder, NullLoggerFactory.Instance, TimeProvider.System);
        var input = new NodeBenchInput(profile, folder, NetworkTargets.Of(options), arguments.GetValue(Seed) ?? options.Bench.Seed, isShort, ProductVersion.Text, runner.IsConfigured ? runner : null) { Routers = NetworkTargets.Routers(options), AllowPrivate = options.Http.AllowPrivate };
        return await ShowAsync(arguments, await NodeBench.RunAsync(input, new BenchClock(budget, TimeProvider.System, lines), TimeProvider.System, interruption.Token), lines);
    }

    private static async Task<int> RouterAsync(ParseResult arguments)
    {
        if (await CliConfig.ReadAsync(arguments) is not { } options) return ExitCodes.Usage;
        var (budget, isShort) = await BudgetAsync(arguments, options.Bench.RouterSeconds, least: 120);
        if (budget == TimeSpan.Zero || await CannotTellAsync(arguments)) return ExitCodes.Usage;
        using var interruption = new Interruption();
        using var lines = new BenchLines("router");
        var input = new RouterBenchInput(Path.Combine(AppContext.BaseDirectory, "fedai"), Path.GetFullPath(arguments.GetValue(CliOptions.Data)!), arguments.GetValue(Seed) ?? options.Bench.Seed, isShort, ProductVersion.Text);
        return await ShowAsync(arguments, await new RouterBench(input, new BenchClock(budget, TimeProvider.System, lines), TimeProvider.System).RunAsync(interruption.Token), lines);
    }

    private static async Task<(TimeSpan Budget, bool Short)> BudgetAsync(ParseResult arguments, int configured, int least)
    {
        if (arguments.GetValue(Short)) return (ShortBudget, true);
        var seconds = arguments.GetValue(MaxSeconds) ?? configured;
        if (seconds is >= 10 and <= 300) return (TimeSpan.FromSeconds(seconds), seconds < least);
        await Errors.TellAsync("--max-seconds must be 10 to 300");
        return default;
    }

    /// <summary>Whether the file that is to take the result cannot be written.</summary>
    private static async Task<bool> CannotTellAsync(ParseResult arguments)
    {
        if (arguments.GetValue(Out) is not { } file || WritablePlace.FileProblem(file.FullName) is not { } problem) return false;
        await Errors.TellAsync($"{problem}: name another file with --out");
        return true;
    }

    private static async Task<int> ShowAsync(ParseResult arguments, BenchResult result, BenchLines lines)
    {
        lines.Dispose();
        var json = JsonSerializer.Serialize(result, CapabilityJson.Default.BenchResult);
        Console.WriteLine(arguments.GetValue(CliOptions.Json) ? json : TerminalText.Fit(Text(result)));
        try
        {
            if (arguments.GetValue(Out) is { } file) await File.WriteAllTextAsync(file.FullName, json);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Errors.TellAsync($"the result could not be written, but stands above: {exception.Message}");
            return ExitCodes.TryAgain;
        }

        return result.Partial ? ExitCodes.Negative : ExitCodes.Ok;
    }

    public static string Text(BenchResult result)
    {
        List<string> lines = [.. result.Figures.Select(figure => Say($"{figure.Name,-24} {figure.Median,12} {figure.Unit,-8} ± {figure.SpreadPermille / 10.0:0.0} %  {figure.Rounds} rounds"))];
        lines.AddRange(result.Model.Select(speed => Say($"{"model, prompt " + speed.PromptTokens.ToString(CultureInfo.InvariantCulture),-24} {speed.MilliTokensPerSecond / 1000.0,12:0.0} tokens/s ± {speed.SpreadPermille / 10.0:0.0} %  first token after {speed.FirstTokenMicroseconds / 1000.0:0.0} ms")));
        lines.AddRange(result.Skipped.Select(reason => $"left out: {reason}"));
        lines.Add(Say($"seed {result.Seed}, checksum {result.Checksum[..16]}, {result.DurationMs / 1000.0:0} s"));
        if (result.Partial) lines.Add("interrupted: what stands here is not whole, and does not count");
        else if (result.Short) lines.Add("short: this shows that it works, and does not count");
        return string.Join('\n', lines);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

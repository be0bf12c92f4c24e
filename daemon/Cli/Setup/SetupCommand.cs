using System.CommandLine;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli.Setup;

/// <summary><c>fedai setup node|router</c>: from an unknown machine to a configured daemon; by questions in a terminal, or by flags alone.</summary>
internal static class SetupCommand
{
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "ask nothing: take what is recommended" };
    private static readonly Option<string[]> Roles = Many("--role", "ROLE", "serve exactly these roles, recommended or not");
    private static readonly Option<FileInfo?> Model = new("--model") { Description = "the GGUF file to serve", HelpName = "FILE" };
    private static readonly Option<string[]> Routers = Many("--router", "NPUB@URL", "router to serve, as node.routers has it");
    private static readonly Option<string> Wanted = new Option<string>("--intent") { Description = "what matters most", DefaultValueFactory = _ => "balanced" }
        .AcceptOnlyFromAmong("balanced", "low-power", "high-earnings", "privacy", "reliability");
    private static readonly Option<bool> SkipBench = new("--skip-bench") { Description = "measure nothing, and take cautious limits" };
    private static readonly Option<bool> Short = new("--short") { Description = "a benchmark of a few seconds; for a router it does not count" };
    private static readonly Option<bool> Replace = new("--replace") { Description = "also replace options of the configuration file that differ from what is recommended" };
    private static readonly Option<bool> SkipRelays = new("--skip-relays") { Description = "leave the relays out of the manifest, and ask no directory" };

    public static Command Create()
    {
        var node = new Command("node", "set up a node: look at this machine, measure it, recommend roles and limits, write configuration, key and manifest")
        {
            CliOptions.Data, CliOptions.Config, CliOptions.Set, Yes, Roles, Model, Routers, Wanted, SkipBench, Short, Replace, SkipRelays, CliOptions.Json,
        };
        node.SetAction(NodeAsync);
        var router = new Command("router", "set up a router, if this machine may be one: it is always measured")
        {
            CliOptions.Data, CliOptions.Config, CliOptions.Set, Yes, SkipBench, Short, Replace, SkipRelays, CliOptions.Json,
        };
        router.SetAction(RouterAsync);
        return new Command("setup", "set up this machine as a node or a router") { node, router };
    }

    private static async Task<int> NodeAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (await BeginAsync(arguments, Role.Node) is not { } begun) return ExitCodes.Usage;
        var (options, folder, files) = begun;
        if (arguments.GetValue(Model) is { Exists: false } missing) return await RefuseAsync($"there is no file {missing.FullName}");
        var intent = Enum.Parse<Intent>(arguments.GetValue(Wanted)!.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        var wish = new SetupWish
        {
            Roles = arguments.GetValue(Roles) is { Length: > 0 } roles ? roles : null,
            Model = arguments.GetValue(Model)?.FullName,
            Intent = intent,
            Routers = arguments.GetValue(Routers)!,
            Replaces = arguments.GetValue(Replace),
            Others = Said(arguments, options),
        };
        var machine = new SetupMachine(folder, options, intent, arguments.GetValue(Short));
        var ui = arguments.GetValue(Yes) ? null : new SetupScreen();

        ui?.Step(1, "What this machine is");
        var profile = await machine.ScanAsync(cancellationToken);
        ui?.Show(profile);
        ui?.Step(2, "How fast it is");
        BenchResult? bench = null;
        if (arguments.GetValue(SkipBench)) ui?.Show("It is not measured, as --skip-bench says; so its limits will be cautious.");
        if (!arguments.GetValue(SkipBench) && ui?.Confirms($"Measure it? It takes {(arguments.GetValue(Short) ? "a few" : options.Bench.NodeSeconds)} seconds, and gives better limits.") != false)
        {
            bench = await MeasureAsync(ui, "node", (progress, interrupted) => machine.BenchNodeAsync(profile, wish.Model, progress, interrupted));
            if (bench.Partial) return await InterruptedAsync();
        }

        await machine.AskPricesAsync(cancellationToken);
        var found = machine.Judge(profile, bench, wish.Model);
        ui?.Step(3, "What it is good for");
        ui?.Show(found);
        var written = files.Keys();
        var (plan, refusal) = SetupRules.Node(found, wish, options.Runner, written);
        if (ui is not null) (plan, refusal, wish) = ui.Choose(plan, refusal, wish, changed => Checked(files, SetupRules.Node(machine.Judge(profile, bench, changed.Model), changed, options.Runner, written)));
        if (plan is null && refusal is null) return await RefuseAsync("nothing was written");
        return plan is null ? await RefuseAsync(refusal!) : await ApplyAsync(arguments, Role.Node, files, ui, plan, machine.Judge(profile, bench, wish.Model), cancellationToken);
    }

    /// <summary>What was typed is held against the options before it is offered to be applied.</summary>
    private static (SetupPlan? Plan, string? Refusal) Checked(SetupFiles files, (SetupPlan? Plan, string? Refusal) judged) =>
        judged.Plan is { } plan && files.Plan(plan.Settings, replace: false).Problems is { Count: > 0 } problems ? (null, string.Join("; ", problems)) : judged;

    private static async Task<int> RouterAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(SkipBench)) return await RefuseAsync("a router is always measured: leave out --skip-bench");
        if (await BeginAsync(arguments, Role.Router) is not { } begun) return ExitCodes.Usage;
        var (options, folder, files) = begun;
        var machine = new SetupMachine(folder, options, Intent.Balanced, arguments.GetValue(Short));
        var ui = arguments.GetValue(Yes) ? null : new SetupScreen();

        ui?.Step(1, "What this machine is");
        var profile = await machine.ScanAsync(cancellationToken);
        ui?.Show(profile);
        ui?.Step(2, "How fast it is");
        var found = machine.Judge(profile, null, null);
        if (SetupRules.WithoutABenchmark(found.Recommendation.RouterEligibility).Count == 0)
        {
            var bench = await MeasureAsync(ui, "router", machine.BenchRouterAsync);
            if (bench.Partial) return await InterruptedAsync();
            found = machine.Judge(profile, bench, null);
        }
        else ui?.Show("It is not measured, because no benchmark could make it a router.");

        ui?.Step(3, "Whether it may be a router");
        var verdict = found.Recommendation.RouterEligibility;
        if (verdict.Verdict != RouterVerdict.Pass)
        {
            if (arguments.GetValue(CliOptions.Json)) Console.WriteLine(SetupReport.Findings("router", found).ToJsonString());
            List<string> lines = [verdict.Statement, .. verdict.Reasons.Select(reason => $"  {reason}")];
            lines.Add($"{(found.Bench is null ? "no benchmark was made, because none could change that; " : "")}nothing was written. As a node this machine may do well: fedai setup node");
            if (ui is not null) ui.Show(string.Join('\n', lines));
            else foreach (var line in lines) await Errors.TellAsync(line);
            return ExitCodes.Negative;
        }

        if (ui?.Confirms($"{verdict.Statement} Set it up, on probation?") == false) return await RefuseAsync("nothing was written");
        return await ApplyAsync(arguments, Role.Router, files, ui, new SetupPlan([], null, Said(arguments, options), [], verdict.Notes), found, cancellationToken);
    }

    /// <summary>Options, folder and files; null after the problem was told.</summary>
    private static async Task<(FedAiOptions Options, string Folder, SetupFiles Files)?> BeginAsync(ParseResult arguments, Role role)
    {
        // The routers named now are measured to, as those of the file are.
        var routers = role == Role.Node && arguments.GetValue(Routers) is { Length: > 0 } named ? string.Join(',', named) : null;
        if (await CliConfig.ReadAsync(arguments, ("node.routers", routers)) is not { } options) return null;
        var folder = Path.GetFullPath(arguments.GetValue(CliOptions.Data)!);
        var config = Path.GetFullPath(arguments.GetValue(CliOptions.Config) ?? Path.Combine(folder, "fedai.json"));
        var (json, isSilent) = (arguments.GetValue(CliOptions.Json), Console.IsInputRedirected || Console.IsOutputRedirected);
        var other = RoleFile.PathFor(folder, role == Role.Node ? Role.Router : Role.Node);
        var problem = !arguments.GetValue(Yes) && (json || isSilent) ? "there is nobody to ask here: --yes takes what is recommended"
            : File.Exists(other) ? $"{other} is there: one daemon has one role, so give this one another --data"
            : File.Exists(IdentityFile.PathIn(folder)) && !IdentityFile.TryRead(folder, out var key, out var unread) ? unread
            : WritablePlace.DaemonProblem(folder) is { } full ? full
            : WritablePlace.FolderProblem(Path.GetDirectoryName(config)!) is { } cannot ? $"{cannot}, or name another place with --config"
            : null;
        if (problem is null) return (options, folder, new SetupFiles(folder, config));
        await Errors.TellAsync(problem);
        return null;
    }

    private static async Task<int> ApplyAsync(ParseResult arguments, Role role, SetupFiles files, SetupScreen? ui, SetupPlan plan, SetupFindings found, CancellationToken cancellationToken)
    {
        var differing = files.Differing(plan.Settings);
        var replace = differing.Count > 0 && (arguments.GetValue(Replace) || ui?.Confirms($"The configuration has other values for {string.Join(", ", differing.Select(setting => setting.Key))}. Replace them?", isYesFirst: false) == true);
        var (options, text, set, problems) = files.Plan(plan.Settings, replace);
        foreach (var problem in problems) await Errors.TellAsync(problem);
        if (options is null) return ExitCodes.Usage;

        var folder = Path.GetFullPath(arguments.GetValue(CliOptions.Data)!);
        var facts = new ManifestFacts
        {
            Version = ProductVersion.Text,
            NowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            Profile = found.Profile,
            Bench = found.Bench,
            ModelRole = plan.Roles.FirstOrDefault(SetupRules.IsLlm),
            Relays = arguments.GetValue(SkipRelays) ? null : await RelayFlags.FindAsync(options, folder, cancellationToken),
        };
        try
        {
            var done = files.Write(role, options, text, set, replace ? [] : differing, facts);
            var next = Next(arguments, options, role, folder);
            if (arguments.GetValue(CliOptions.Json)) Console.WriteLine(SetupReport.Json(role.ToString().ToLowerInvariant(), found, plan, done, next).ToJsonString());
            else
            {
                ui?.Step(5, "Done");
                if (ui is null) Console.WriteLine(TerminalText.Fit(SetupReport.Text(found, plan, done, next)));
                else ui.Show(SetupReport.Text(found, plan, done, next));
            }

            return ExitCodes.Ok;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await Errors.TellAsync(exception.Message);
            return ExitCodes.TryAgain;
        }
    }

    /// <summary>What to type now.</summary>
    private static string Next(ParseResult arguments, FedAiOptions options, Role role, string folder)
    {
        var run = $"fedai run --data {folder}{(arguments.GetValue(CliOptions.Config) is { } config ? $" --config {config}" : "")}";
        return role == Role.Node && options.Node.Routers.Count == 0
            ? $"{run} --set node.routers=npub1…@https://router.example   (which router to serve; fedai setup node --router remembers it)"
            : run;
    }

    /// <summary>Behind a bar; Ctrl-C ends it early, and then nothing is written.</summary>
    private static async Task<BenchResult> MeasureAsync(SetupScreen? ui, string suite, Func<IProgress<Bench.BenchProgress>, CancellationToken, Task<BenchResult>> measure)
    {
        using var interruption = new Interruption();
        if (ui is not null) return await ui.WatchAsync(progress => measure(progress, interruption.Token));
        using var lines = new BenchLines(suite);
        return await measure(lines, interruption.Token);
    }

    /// <summary>Options given by --set: they are written too.</summary>
    private static List<SetupSetting> Said(ParseResult arguments, FedAiOptions options)
    {
        var values = OptionsReader.Values(options).ToDictionary(option => option.Key, option => option.Value, StringComparer.OrdinalIgnoreCase);
        return [.. arguments.GetValue(CliOptions.Set)!.Select(text => text.Split('=')[0]).Where(key => values.GetValueOrDefault(key) is not null)
            .Select(key => new SetupSetting(values.Keys.First(known => known.Equals(key, StringComparison.OrdinalIgnoreCase)), values[key]!.DeepClone(), true))];
    }

    private static async Task<int> RefuseAsync(string why)
    {
        await Errors.TellAsync(why);
        return ExitCodes.Usage;
    }

    private static async Task<int> InterruptedAsync()
    {
        await Errors.TellAsync("interrupted: nothing was written");
        return ExitCodes.Negative;
    }

    private static Option<string[]> Many(string name, string value, string description) =>
        new(name) { Description = description + "; may be given several times", HelpName = value, AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
}

using System.Globalization;
using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Protocol.Rules;
using Spectre.Console;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>The wizard's side of set-up: what it shows in a terminal, and what it asks. The only user of Spectre.Console, which nothing else loads.</summary>
internal sealed class SetupScreen
{
    private readonly IAnsiConsole console = AnsiConsole.Console;

    private const string Apply = "Apply", Change = "Change something", Leave = "Leave; write nothing";

    public void Step(int number, string title)
    {
        console.WriteLine();
        console.Write(new Rule($"[bold]{number}  {Markup.Escape(title)}[/]") { Justification = Justify.Left });
    }

    public void Show(MachineProfile profile) => Show(ProfileCommand.Text(profile));

    public void Show(string text) => console.WriteLine(TerminalText.Fit(text));

    public void Show(SetupFindings found)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("role", "why", "at once", "tokens", "msat in/out");
        table.Columns[1].Width(34);
        foreach (var (role, rationale, limits) in found.Recommendation.NodeProfiles)
            table.AddRow(Markup.Escape(role), Markup.Escape(rationale), Say(limits.MaxConcurrency), Say(limits.MaxTokens), $"{Say(limits.InputMsat)}/{Say(limits.OutputMsat)}");
        console.Write(table);
        foreach (var (role, reasons) in found.Recommendation.NotRecommended) console.MarkupLineInterpolated($"[grey]{TerminalText.Fit($"not {role}: {string.Join("; ", reasons)}")}[/]");
    }

    public bool Confirms(string question, bool isYesFirst = true)
    {
        var answer = console.Prompt(new SelectionPrompt<string>().Title(Markup.Escape(question)).AddChoices(isYesFirst ? ["Yes", "No"] : ["No", "Yes"]));
        console.MarkupLineInterpolated($"{question} [bold]{answer}[/]");
        return answer == "Yes";
    }

    /// <summary>Shows the plan until it is taken or left: then plan and refusal are both null.</summary>
    public (SetupPlan? Plan, string? Refusal, SetupWish Wish) Choose(SetupPlan? plan, string? refusal, SetupWish wish, Func<SetupWish, (SetupPlan?, string?)> judge)
    {
        while (true)
        {
            Step(4, "What will be set up");
            if (refusal is not null) console.MarkupLineInterpolated($"[yellow]{refusal}[/]");
            if (plan is { Limits: { } limits })
            {
                console.MarkupLineInterpolated($"roles   [bold]{string.Join(", ", plan.Roles)}[/]");
                console.MarkupLineInterpolated($"limits  {limits.MaxConcurrency} at once, {limits.MaxTokens} tokens, prompts of {limits.MaxPayloadBytes} bytes");
                foreach (var other in wish.Others) console.MarkupLineInterpolated($"        {other.Key} = {other.Value.ToJsonString()}");
                foreach (var router in wish.Routers) console.MarkupLineInterpolated($"router  {router}");
                foreach (var warning in plan.Warnings) console.MarkupLineInterpolated($"[yellow]warning: {warning}[/]");
            }

            var choice = console.Prompt(new SelectionPrompt<string>().AddChoices(plan is null ? [Change, Leave] : [Apply, Change, Leave]));
            if (choice == Apply) return (plan, null, wish);
            if (choice == Leave) return (null, null, wish);
            wish = Advanced(wish, plan);
            (plan, refusal) = judge(wish);
        }
    }

    /// <summary>Runs a benchmark behind a bar with the time that is left.</summary>
    public Task<BenchResult> WatchAsync(Func<IProgress<BenchProgress>, Task<BenchResult>> measure) =>
        console.Progress().AutoClear(true).Columns(new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context => measure(new Bar(context.AddTask("…"))));

    private SetupWish Advanced(SetupWish wish, SetupPlan? plan)
    {
        var prompt = new MultiSelectionPrompt<string>().Title("Roles (space selects, enter takes them)").NotRequired();
        prompt.AddChoices(RoleTypes.Running);
        foreach (var role in plan?.Roles ?? []) prompt.Select(role);
        List<string> roles = console.Prompt(prompt);
        var model = roles.Exists(role => role.StartsWith("llm", StringComparison.Ordinal)) ? Asks("GGUF file of the model", wish.Model ?? "") : wish.Model ?? "";
        List<SetupSetting> others = [.. wish.Others.Where(other => other.Key is not ("node.maxConcurrency" or "node.maxTokens"))];
        foreach (var (key, question, recommended) in new[] { ("node.maxConcurrency", "Requests at once", plan?.Limits?.MaxConcurrency), ("node.maxTokens", "Tokens of one answer", plan?.Limits?.MaxTokens) })
            if (int.TryParse(Asks(question, recommended?.ToString(CultureInfo.InvariantCulture) ?? ""), CultureInfo.InvariantCulture, out var number) && number != recommended) others.Add(new SetupSetting(key, number, true));
        var router = Asks("Router to serve, npub1…@https://host (empty: later)", string.Join(' ', wish.Routers));
        return wish with
        {
            Roles = roles.Count > 0 ? roles : null,
            Model = model.Length > 0 ? Path.GetFullPath(model) : null,
            Routers = router.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Others = others,
        };
    }

    /// <summary>A line of text; nothing takes what is offered.</summary>
    private string Asks(string question, string offered)
    {
        console.MarkupInterpolated($"{question}{(offered.Length > 0 ? $" ({offered})" : "")}: ");
        var answer = Console.ReadLine()?.Trim() ?? "";
        return answer.Length > 0 ? answer : offered;
    }

    private static string Say(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class Bar(ProgressTask task) : IProgress<BenchProgress>
    {
        public void Report(BenchProgress value)
        {
            task.Value = value.Done * task.MaxValue;
            task.Description = Markup.Escape(value.Text);
        }
    }
}

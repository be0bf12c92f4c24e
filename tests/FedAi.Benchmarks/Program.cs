using FedAi.Benchmarks;

if (args is ["stub", var router]) return await StubProcess.RunAsync(new Uri(router));
if (args is ["reverse-node", var named]) return await ReverseNode.RunAsync(named);

// bench [--check] [--only ROW]: measures, prints one table; with --check a missed figure makes the exit code 1.
var check = args.Contains("--check");
var only = Array.IndexOf(args, "--only") is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
var rows = BenchRow.All.Where(row => only is null || row.Name == only).ToList();
if (rows.Count == 0)
{
    Console.Error.WriteLine($"no such row; there are: {string.Join(' ', BenchRow.All.Select(row => row.Name))}");
    return 2;
}

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    cancellation.Cancel();
};

List<Figure> figures = [];
foreach (var row in rows)
{
    var progress = new Progress(row.Name, Console.Error);
    progress.Say("starting");
    figures.AddRange(await row.MeasureAsync(progress, cancellation.Token));
}

FigureTable.Write(Console.Out, figures);
return check && figures.Any(figure => !figure.Ok) ? 1 : 0;

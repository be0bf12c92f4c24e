using System.Globalization;
using FedAi.Benchmarks;

if (args is ["stub", var router]) return await StubProcess.RunAsync(new Uri(router));
if (args is ["reverse-node", var named]) return await ReverseNode.RunAsync(named);
if (args is ["gpu", var gguf]) return await GpuCheck.RunAsync(gguf);

// bench [--check] [--only ROW] [--requests N]: measures, prints one table; with --check a missed figure makes the exit code 1.
// N is how many requests the row endurance makes (600,000 unless said); the table says how many it made.
var check = args.Contains("--check");
var only = Array.IndexOf(args, "--only") is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
var count = Array.IndexOf(args, "--requests") is >= 0 and var place && place + 1 < args.Length ? int.Parse(args[place + 1], CultureInfo.InvariantCulture) : (int?)null;
var all = BenchRow.All(count);
var rows = all.Where(row => only is null || row.Name == only).ToList();
if (rows.Count == 0)
{
    Console.Error.WriteLine($"no such row; there are: {string.Join(' ', all.Select(row => row.Name))}");
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

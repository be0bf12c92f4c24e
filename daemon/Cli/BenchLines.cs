using System.Globalization;
using FedAi.Daemon.Bench;

namespace FedAi.Daemon.Cli;

/// <summary>Shows how far a benchmark is: a bar with the time left in a terminal, else a plain line for every tenth of the way.</summary>
internal sealed class BenchLines(string suite) : IProgress<BenchProgress>, IDisposable
{
    private const int Width = 30;

    private readonly bool isTerminal = !Console.IsErrorRedirected;
    private readonly Lock gate = new();
    private int tenth = -1;
    private bool ended;

    public void Report(BenchProgress value)
    {
        lock (gate)
        {
            if (ended) return;
            var percent = string.Create(CultureInfo.InvariantCulture, $"{value.Done * 100:0} %");
            var filled = (int)(value.Done * Width);
            if (isTerminal) Console.Error.Write($"\r{suite} [{new string('#', filled)}{new string('.', Width - filled)}] {percent}, {value.Text,-60}");
            else if ((int)(value.Done * 10) > tenth) Console.Error.WriteLine($"{suite}: {percent}, {value.Text}");
            tenth = Math.Max(tenth, (int)(value.Done * 10));
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (isTerminal && !ended) Console.Error.Write("\r" + new string(' ', Width + 90) + "\r");
            ended = true;
        }
    }
}

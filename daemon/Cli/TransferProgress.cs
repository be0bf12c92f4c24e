namespace FedAi.Daemon.Cli;

/// <summary>Shows on standard error how far a transfer of so many bytes is: a bar that moves on a terminal, else a plain line every tenth.</summary>
internal sealed class TransferProgress(string what, long all, TimeProvider time) : IProgress<long>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly bool isWatched = !Console.IsErrorRedirected;
    private readonly long started = time.GetTimestamp();
    private long begun = -1;
    private long shownAt;
    private int shownPercent = -1;
    private int width;

    /// <summary>A line that wraps could not be written over.</summary>
    private int Columns => isWatched && Console.WindowWidth is > 20 and var columns ? columns - 1 : int.MaxValue;

    public void Report(long value)
    {
        if (begun < 0) begun = value;
        var percent = TransferText.Percent(value, all);
        if (isWatched ? shownAt != 0 && value < all && time.GetElapsedTime(shownAt) < Interval : percent / 10 == shownPercent / 10 && shownPercent >= 0) return;
        (shownAt, shownPercent) = (time.GetTimestamp(), percent);
        var line = TransferText.Line(what, value, all, begun, time.GetElapsedTime(started), Columns);
        if (!isWatched) Console.Error.WriteLine(line);
        else Console.Error.Write("\r" + line.PadRight(width));
        width = line.Length;
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        if (isWatched && width > 0) Console.Error.Write("\r" + new string(' ', width) + "\r");
    }
}

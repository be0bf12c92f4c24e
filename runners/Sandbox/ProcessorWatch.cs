using System.Globalization;

namespace FedAi.Runners.Sandbox;

/// <summary>Holds a process that has so many threads of work to the processor time they may take (<see cref="ProcessorRules"/>).</summary>
internal sealed class ProcessorWatch(int process, int threads)
{
    private const double TicksPerSecond = 100; // sysconf(_SC_CLK_TCK), 100 on every Linux that .NET runs on
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(30);
    private static readonly TimeProvider Time = TimeProvider.System; // what the kernel counts is real time

    private readonly Lock gate = new();
    private (bool Busy, long At, TimeSpan Used)? begun;

    /// <summary>Looks again, about every second; whether it used more than it may since it became busy or idle, or in the last half minute.</summary>
    public bool IsOver(bool busy)
    {
        if (Used() is not { } used) return false;
        lock (gate)
        {
            if (begun is not { } since || since.Busy != busy || Time.GetElapsedTime(since.At) > Span)
            {
                begun = (busy, Time.GetTimestamp(), used);
                return false;
            }
            return used - since.Used > ProcessorRules.Most(Time.GetElapsedTime(since.At), busy, threads);
        }
    }

    /// <summary>User and kernel mode of all its threads; null when it is gone, or nobody may look.</summary>
    private TimeSpan? Used()
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name before may hold blanks
            return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

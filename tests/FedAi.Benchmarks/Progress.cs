using System.Diagnostics;

namespace FedAi.Benchmarks;

/// <summary>Tells a person on stderr what is being measured, since some rows take a minute.</summary>
internal sealed class Progress(string row, TextWriter writer)
{
    private readonly long start = Stopwatch.GetTimestamp();

    public void Say(string what) => writer.WriteLine($"    {row}, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s: {what}");
}

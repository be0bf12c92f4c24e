using System.Globalization;

namespace FedAi.Daemon.Bench;

/// <summary>How far a benchmark is: of the whole, by time, and what it measures now. One that is late takes at most the time that is left.</summary>
internal sealed record BenchProgress(double Done, TimeSpan Left, bool IsLate, string Now)
{
    /// <summary>For a person.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{(IsLate ? "at most " : "")}{Math.Ceiling(Left.TotalSeconds):0} s left: {Now}");
}

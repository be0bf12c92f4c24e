namespace FedAi.Runners.Llama;

/// <summary>Pure: how long to wait before a runner process is started again.</summary>
internal static class BackoffRules
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    /// <summary>A process that lived this long was no failure to start.</summary>
    public static readonly TimeSpan Healthy = TimeSpan.FromMinutes(1);

    /// <summary>0.1 s after the first failure in a row, so that waiting requests notice little; then twice as long each time, at most 30 s.</summary>
    public static TimeSpan Delay(int failures) => First * Math.Min(Math.Pow(2, Math.Max(0, failures - 1)), Most / First);
}

namespace FedAi.Runners.Llama;

/// <summary>
/// Pure: how many processor threads a model gets. llama.cpp's threads wait for each other by spinning: one more than
/// there are free processors, and every step waits for the scheduler (measured: 249 tokens/s became 1).
/// </summary>
internal static class ThreadRules
{
    public static int Count(int processors, int physicalCores) =>
        processors <= 2 ? 1 : Math.Clamp(Math.Min(physicalCores, processors) - 1, 1, processors);

    /// <summary>Physical cores from the lists of siblings in /sys/devices/system/cpu: each core's processors share one list.</summary>
    public static int PhysicalCores(IEnumerable<string> siblingLists) => siblingLists.Select(list => list.Trim()).Distinct().Count();
}

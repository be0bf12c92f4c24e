using System.Globalization;

namespace FedAi.Daemon.Capability;

/// <summary>How busy this machine is, in whole tens of percent: exact figures would change at every look. CPU is 0 where the system does not tell.</summary>
internal sealed record MachineLoad(double CpuPct, double RamPct)
{
    private const string LoadAverage = "/proc/loadavg";

    public static MachineLoad Read()
    {
        var memory = GC.GetGCMemoryInfo();
        var ram = memory.TotalAvailableMemoryBytes > 0 ? 100.0 * memory.MemoryLoadBytes / memory.TotalAvailableMemoryBytes : 0;
        return new MachineLoad(Tens(Cpu()), Tens(ram));
    }

    /// <summary>Runnable threads per core in the last minute. A service unit may hide the file.</summary>
    private static double Cpu() =>
        File.Exists(LoadAverage) && double.TryParse(File.ReadAllText(LoadAverage).Split(' ')[0], CultureInfo.InvariantCulture, out var runnable)
            ? 100 * runnable / Environment.ProcessorCount
            : 0;

    private static double Tens(double percent) => Math.Min(100, Math.Round(percent / 10) * 10);
}

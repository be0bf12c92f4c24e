using System.Globalization;

namespace FedAi.Benchmarks;

/// <summary>What a process holds: resident memory, open descriptors, threads.</summary>
internal sealed record ProcessUse(double MemoryMb, int Descriptors, int Threads)
{
    public static ProcessUse Of(int process)
    {
        var status = File.ReadAllLines($"/proc/{process}/status");
        return new(Number(status, "VmRSS:") * 1024 / 1e6, Directory.GetFileSystemEntries($"/proc/{process}/fd").Length, (int)Number(status, "Threads:"));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MemoryMb:0} MB, {Descriptors} descriptors, {Threads} threads");

    private static double Number(string[] status, string name) =>
        double.Parse(Array.Find(status, line => line.StartsWith(name, StringComparison.Ordinal))!.Split(' ', '\t')[1..].First(word => word.Length > 0 && char.IsAsciiDigit(word[0])), CultureInfo.InvariantCulture);
}

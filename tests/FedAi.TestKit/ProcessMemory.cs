using System.Diagnostics;
using System.Globalization;

namespace FedAi.TestKit;

/// <summary>What a process holds in memory: everything it can write to, which is where text that it read ends up.</summary>
internal static class ProcessMemory
{
    private const int BlockBytes = 4 << 20;

    /// <summary>Longer than any dress of a marker, so that none is cut in two by the border of a block.</summary>
    private const int OverlapBytes = 4096;

    /// <summary>Why another process's memory cannot be read here, or null.</summary>
    public static string? Problem { get; } = Try();

    /// <summary>The form in which the text was found, or null (<see cref="LeakSearch"/>).</summary>
    public static string? Find(int processId, string text)
    {
        using var memory = new FileStream($"/proc/{processId}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var block = new byte[BlockBytes];
        foreach (var (start, end) in WritableRegions(processId))
        {
            for (var at = start; at < end; at += BlockBytes - OverlapBytes)
            {
                var length = Read(memory, at, block.AsSpan(0, (int)Math.Min(BlockBytes, end - at)));
                if (LeakSearch.Find(block.AsSpan(0, length), text) is { } form) return form;
            }
        }

        return null;
    }

    private static int Read(FileStream memory, long at, Span<byte> block)
    {
        try
        {
            return RandomAccess.Read(memory.SafeFileHandle, block, at);
        }
        catch (IOException)
        {
            return 0; // given back meanwhile, or a device's
        }
    }

    private static IEnumerable<(long Start, long End)> WritableRegions(int processId) =>
        from line in File.ReadAllLines($"/proc/{processId}/maps")
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields[1].StartsWith("rw", StringComparison.Ordinal)
        let range = fields[0].Split('-')
        select (Address(range[0]), Address(range[1]));

    private static long Address(string hex) => long.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string? Try()
    {
        using var child = Process.Start("sleep", "60");
        try
        {
            Find(child.Id, "nothing");
            return null;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return $"the memory of other processes cannot be read here: {exception.Message}";
        }
        finally
        {
            child.Kill();
        }
    }
}

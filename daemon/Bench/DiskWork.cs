using System.Diagnostics;
using System.Runtime.InteropServices;
using FedAi.Daemon.Capability;
using Microsoft.Win32.SafeHandles;

namespace FedAi.Daemon.Bench;

/// <summary>
/// The data folder's disk: written and read in order, and read here and there, past the system's cache where the file system lets one. The
/// file goes when it is closed, also after an interruption.
/// </summary>
internal sealed class DiskWork : IDisposable
{
    private const int Block = 1 << 20, Page = 4096, RandomReads = 128;

    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly Memory<byte> block;
    private readonly int blocks;
    private readonly long seed;
    private int round;

    private DiskWork(string path, SafeFileHandle file, bool direct, int blocks, long seed)
    {
        (this.path, this.file, IsDirect, this.blocks, this.seed) = (path, file, direct, blocks, seed);
        block = Aligned(Block);
        var state = (ulong)seed * 2 + 1;
        foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(block.Span)) word = state = state * 6364136223846793005 + 1442695040888963407;
    }

    /// <summary>Whether the cache is passed by; else reads would tell about memory.</summary>
    public bool IsDirect { get; }

    public IReadOnlyList<BenchTask> Tasks => IsDirect
        ? [new(FigureNames.DiskWrite, "MB/s", Write), new(FigureNames.DiskRead, "MB/s", Read), new(FigureNames.DiskRandom, "/s", Random)]
        : [new(FigureNames.DiskWrite, "MB/s", Write)];

    /// <summary>A file in this folder; null and why there is none.</summary>
    public static DiskWork? TryOpen(string folder, int megabytes, long seed, out string? problem)
    {
        problem = null;
        var path = Path.Combine(folder, $"bench-{Environment.ProcessId}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            if (new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace < 4L * megabytes * Block)
            {
                problem = "the disk is too full to measure it";
                return null;
            }

            var plain = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Delete | FileShare.ReadWrite);
            var direct = DirectFile.TryOpen(path);
            if (direct is not null) plain.Dispose();
            return new DiskWork(path, direct ?? plain, direct is not null, megabytes, seed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = "the data folder cannot be written";
            return null;
        }
    }

    /// <summary>A sample for a profile, in about a second.</summary>
    public static DiskSample? Sample(string folder, out string? problem)
    {
        const int rounds = 5;
        using var work = TryOpen(folder, megabytes: 16, seed: 1, out problem);
        if (work is null) return null;
        var medians = work.Tasks.Select(task => (long)BenchStatistics.Percentile([.. Enumerable.Range(0, rounds).Select(_ => task.Round().Value)], 0.5)).ToList();
        return new DiskSample(medians[0], medians.ElementAtOrDefault(1), medians.ElementAtOrDefault(2), work.IsDirect);
    }

    public void Dispose()
    {
        file.Dispose();
        File.Delete(path);
    }

    private BenchRound Write()
    {
        var began = Stopwatch.GetTimestamp();
        for (var at = 0; at < blocks; at++) RandomAccess.Write(file, block.Span, (long)at * Block);
        RandomAccess.FlushToDisk(file);
        return new BenchRound(BenchStatistics.Rate((double)blocks * Block / 1e6, began), (ulong)blocks);
    }

    private BenchRound Read() => Median(blocks, Block / 1e6, at => RandomAccess.Read(file, block.Span, (long)at * Block));

    private BenchRound Random()
    {
        // Other places each round: a disk remembers what it just read.
        var places = new Random(unchecked((int)seed * 31 + round++));
        return Median(RandomReads, 1, _ => RandomAccess.Read(file, block.Span[..Page], (long)places.Next(blocks * (Block / Page)) * Page));
    }

    private static BenchRound Median(int count, double amount, Func<int, int> read)
    {
        var rates = new double[count];
        var bytes = 0UL;
        for (var at = 0; at < count; at++)
        {
            var began = Stopwatch.GetTimestamp();
            bytes += (ulong)read(at);
            rates[at] = BenchStatistics.Rate(amount, began);
        }

        return new BenchRound(BenchStatistics.Percentile(rates, 0.5), bytes);
    }

    /// <summary>Reading past the cache wants memory that begins at a page.</summary>
    private static Memory<byte> Aligned(int length)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length + Page, pinned: true);
        var begin = (int)((Page - Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0) % Page) % Page);
        return bytes.AsMemory(begin, length);
    }
}

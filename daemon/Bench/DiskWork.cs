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

    /// <summary>Blocks that are written and flushed at once: short enough that what else the disk does spoils some of them and not the best quarter.</summary>
    private const int BlocksPerWrite = 4;

    /// <summary>A disk that takes longer for its file is measured by a part of it.</summary>
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(2);

    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly Memory<byte> block;
    private readonly int blocks;
    private readonly long seed;
    private int round, written;

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
        List<double> rates = [];
        for (written = 0; written < blocks && Stopwatch.GetElapsedTime(began) < LongestWrite; written += BlocksPerWrite)
        {
            var since = Stopwatch.GetTimestamp();
            for (var at = written; at < written + BlocksPerWrite; at++) RandomAccess.Write(file, block.Span, (long)at * Block);
            RandomAccess.FlushToDisk(file);
            rates.Add(BenchStatistics.Rate(BlocksPerWrite * Block / 1e6, since));
        }

        return new BenchRound(BenchStatistics.Percentile(rates, BenchStatistics.Undisturbed), (ulong)blocks);
    }

    private BenchRound Read() => Reads(written, Block, Block / 1e6, BenchStatistics.Undisturbed, at => RandomAccess.Read(file, block.Span, (long)at * Block));

    private BenchRound Random()
    {
        // Other places each round: a disk remembers what it just read.
        var places = new Random(unchecked((int)seed * 31 + round++));
        // The median: whether a disk spins is judged by it, and some places are always in its cache.
        return Reads(RandomReads, Page, 1, 0.5, _ => RandomAccess.Read(file, block.Span[..Page], (long)places.Next(written * (Block / Page)) * Page));
    }

    private BenchRound Reads(int count, int length, double amount, double share, Func<int, int> read)
    {
        var rates = new double[count];
        var bytes = 0UL;
        for (var at = 0; at < count; at++)
        {
            var began = Stopwatch.GetTimestamp();
            bytes += (ulong)read(at);
            rates[at] = BenchStatistics.Rate(amount, began);
        }

        // How many reads there are depends on the disk, and the result must not.
        return new BenchRound(BenchStatistics.Percentile(rates, share), bytes == (ulong)count * (ulong)length ? (ulong)blocks : bytes);
    }

    /// <summary>Reading past the cache wants memory that begins at a page.</summary>
    private static Memory<byte> Aligned(int length)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length + Page, pinned: true);
        var begin = (int)((Page - Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0) % Page) % Page);
        return bytes.AsMemory(begin, length);
    }
}

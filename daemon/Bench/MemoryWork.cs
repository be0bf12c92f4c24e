using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Bench;

/// <summary>Memory that no cache holds: copied, as existing software measures it, and read, as a model reads its weights (by as many threads as a model gets).</summary>
internal sealed class MemoryWork
{
    private const int Piece = 4 << 20;

    private readonly byte[] from;
    private readonly byte[] to;
    private readonly int threads;

    /// <param name="seed">What the bytes are made from.</param>
    /// <param name="bytes">Of each of the two buffers.</param>
    /// <param name="threads">Readers.</param>
    public MemoryWork(long seed, int bytes, int threads)
    {
        this.threads = threads;
        from = GC.AllocateUninitializedArray<byte>(bytes);
        to = new byte[bytes];
        var state = (ulong)seed * 2 + 1;
        foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(from.AsSpan())) word = state = state * 6364136223846793005 + 1442695040888963407;
    }

    public IReadOnlyList<BenchTask> Tasks =>
    [
        new(FigureNames.MemoryCopy, "MB/s", () => InPieces(Copy)),
        new(FigureNames.MemoryRead, "MB/s", () => InPieces(Read)),
    ];

    /// <summary>Piece after piece of the whole buffer, so that none is in a cache, each for about a millisecond: another process spoils some of them and not the best quarter.</summary>
    private BenchRound InPieces(Func<int, int, ulong> work)
    {
        var length = Math.Min(Piece * threads, from.Length);
        var rates = new double[from.Length / length];
        var sum = 0UL;
        for (var at = 0; at < rates.Length; at++)
        {
            var began = Stopwatch.GetTimestamp();
            sum = unchecked(sum * 31 + work(at * length, length));
            rates[at] = BenchStatistics.Rate(length / 1e6, began);
        }

        return new BenchRound(BenchStatistics.Percentile(rates, BenchStatistics.Undisturbed), sum);
    }

    private ulong Copy(int begin, int length)
    {
        from.AsSpan(begin, length).CopyTo(to.AsSpan(begin));
        return to[begin + length - 1];
    }

    private ulong Read(int begin, int length)
    {
        if (threads == 1) return Sum(from.AsSpan(begin, length));
        var part = length / threads / 256 * 256;
        var sums = new ulong[threads];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, at => sums[at] = Sum(from.AsSpan(begin + at * part, part)));
        return sums.Aggregate((sum, next) => unchecked(sum + next));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, Vector<ulong>>(bytes);
        Vector<ulong> a = default, b = default, c = default, d = default;
        for (var i = 0; i + 3 < words.Length; i += 4)
        {
            a += words[i];
            b += words[i + 1];
            c += words[i + 2];
            d += words[i + 3];
        }

        return Vector.Sum(a + b + c + d);
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Bench;

/// <summary>Work for one thread of the processor, made from a seed. The numbers in it are whole and small, so that every processor computes the same sum.</summary>
internal sealed class CpuWork
{
    private const int Side = 128, Steps = 200_000, Lanes = 1024, Sweeps = 4000;

    /// <summary>Of each round, every one shorter than a time slice: another process on the core spoils some of them and not the best quarter.</summary>
    private const int Samples = 21;

    private readonly Memory<float> left = Aligned(Side * Side), right = Aligned(Side * Side), product = Aligned(Side * Side), lane = Aligned(Lanes);
    private readonly uint seed;

    public CpuWork(long seed)
    {
        this.seed = (uint)(seed ^ (seed >> 32)) | 1;
        var state = this.seed;
        foreach (var numbers in (Memory<float>[])[left, right, lane])
            foreach (ref var number in numbers.Span) number = Next(ref state) % 8;
    }

    public IReadOnlyList<BenchTask> Tasks =>
    [
        new(FigureNames.Integer, "k/s", () => Timed(Integer, Steps / 1000.0)),
        new(FigureNames.Matrix, "MFLOPS", () => Timed(Matrix, 2.0 * Side * Side * Side / 1e6)),
        new(FigureNames.Simd, "MFLOPS", () => Timed(Simd, 2.0 * Lanes * Sweeps / 1e6)),
    ];

    private static BenchRound Timed(Func<ulong> work, double amount)
    {
        var rates = new double[Samples];
        var sum = 0UL;
        for (var at = 0; at < Samples; at++)
        {
            var began = Stopwatch.GetTimestamp();
            sum = unchecked(sum * 31 + work());
            rates[at] = BenchStatistics.Rate(amount, began);
        }

        return new BenchRound(BenchStatistics.Percentile(rates, BenchStatistics.Undisturbed), sum);
    }

    /// <summary>Steps that each need the one before: what no wide processor can do side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong Integer()
    {
        var state = seed;
        var sum = 0UL;
        for (var i = 0; i < Steps; i++)
        {
            Next(ref state);
            sum += state % 1021;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong Matrix()
    {
        Span<float> factors = left.Span, rows = right.Span, results = product.Span;
        results.Clear();
        for (var row = 0; row < Side; row++)
            for (var inner = 0; inner < Side; inner++)
                AddScaled(results.Slice(row * Side, Side), rows.Slice(inner * Side, Side), factors[row * Side + inner]);

        var sum = 0UL;
        foreach (var value in results) sum = sum * 31 + (ulong)value;
        return sum;
    }

    /// <summary>
    /// With vectors that every processor has: a program that was compiled before it runs, as this one is when it is published, has no wider ones, and
    /// the same work compiled while it runs should not look faster. By references, because bounds of spans would be checked each time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled(Span<float> to, ReadOnlySpan<float> from, float factor)
    {
        var wide = Vector128.Create(factor);
        ref var results = ref MemoryMarshal.GetReference(to);
        ref var addends = ref MemoryMarshal.GetReference(from);
        for (nuint at = 0; at < Side; at += 4)
            Vector128.MultiplyAddEstimate(wide, Vector128.LoadUnsafe(ref addends, at), Vector128.LoadUnsafe(ref results, at)).StoreUnsafe(ref results, at);
    }

    /// <summary>
    /// Squares of numbers from the first cache, as a model's weights are used, on as many accumulators as hide the time that one takes. The numbers are
    /// below 8, so that no accumulator comes near the sums that a float cannot hold exactly.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong Simd()
    {
        ref var first = ref MemoryMarshal.GetReference(lane.Span);
        Vector128<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            for (nuint at = 0; at < Lanes; at += 32)
            {
                a = AddSquare(a, ref first, at);
                b = AddSquare(b, ref first, at + 4);
                c = AddSquare(c, ref first, at + 8);
                d = AddSquare(d, ref first, at + 12);
                e = AddSquare(e, ref first, at + 16);
                f = AddSquare(f, ref first, at + 20);
                g = AddSquare(g, ref first, at + 24);
                h = AddSquare(h, ref first, at + 28);
            }
        }

        var sum = 0UL;
        foreach (var value in MemoryMarshal.Cast<Vector128<float>, float>([a, b, c, d, e, f, g, h])) sum += (ulong)value;
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> AddSquare(Vector128<float> sum, ref float first, nuint at)
    {
        var numbers = Vector128.LoadUnsafe(ref first, at);
        return Vector128.MultiplyAddEstimate(numbers, numbers, sum);
    }

    /// <summary>Where no vector lies in two lines of a cache: else the rate depends on where the memory happened to be.</summary>
    private static Memory<float> Aligned(int length)
    {
        const int line = 64;
        var numbers = GC.AllocateArray<float>(length + line / sizeof(float), pinned: true);
        return numbers.AsMemory((int)((line - Marshal.UnsafeAddrOfPinnedArrayElement(numbers, 0) % line) % line) / sizeof(float), length);
    }

    private static uint Next(ref uint state)
    {
        state ^= state << 13;
        state ^= state >> 17;
        return state ^= state << 5;
    }
}

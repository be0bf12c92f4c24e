using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Bench;

/// <summary>Work for one thread of the processor, made from a seed. The numbers in it are whole and small, so that every processor computes the same sum.</summary>
internal sealed class CpuWork
{
    private const int Side = 128, Steps = 200_000, Lanes = 1024, Sweeps = 4000;

    /// <summary>Of each round, every one shorter than a time slice: another process on the core spoils some of them and not the best quarter.</summary>
    private const int Samples = 21;

    private readonly float[] left = new float[Side * Side];
    private readonly float[] right = new float[Side * Side];
    private readonly float[] product = new float[Side * Side];
    private readonly float[] lane = new float[Lanes];
    private readonly uint seed;

    public CpuWork(long seed)
    {
        this.seed = (uint)(seed ^ (seed >> 32)) | 1;
        var state = this.seed;
        foreach (var numbers in (float[][])[left, right, lane])
            for (var i = 0; i < numbers.Length; i++) numbers[i] = Next(ref state) % 8;
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
        Array.Clear(product);
        for (var row = 0; row < Side; row++)
            for (var inner = 0; inner < Side; inner++)
                AddScaled(product.AsSpan(row * Side, Side), right.AsSpan(inner * Side, Side), left[row * Side + inner]);

        var sum = 0UL;
        foreach (var value in product) sum = sum * 31 + (ulong)value;
        return sum;
    }

    private ulong Simd()
    {
        var total = 0UL;
        for (var sweep = 0; sweep < Sweeps; sweep++) total += (ulong)SumOfSquares(lane);
        return total;
    }

    /// <summary>
    /// As wide as the processor is, also in a program that was compiled for all: there <see cref="Vector{T}"/> has the width and the
    /// instructions that every processor has, and what is asked of <see cref="Fma"/> is decided when it runs.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled(Span<float> to, ReadOnlySpan<float> from, float factor)
    {
        if (Fma.IsSupported)
        {
            var wide = Vector256.Create(factor);
            var results = MemoryMarshal.Cast<float, Vector256<float>>(to);
            var addends = MemoryMarshal.Cast<float, Vector256<float>>(from);
            for (var i = 0; i < results.Length; i++) results[i] = Fma.MultiplyAdd(wide, addends[i], results[i]);
        }
        else
        {
            var wide = new Vector<float>(factor);
            var results = MemoryMarshal.Cast<float, Vector<float>>(to);
            var addends = MemoryMarshal.Cast<float, Vector<float>>(from);
            for (var i = 0; i < results.Length; i++) results[i] = Vector.MultiplyAddEstimate(wide, addends[i], results[i]);
        }
    }

    /// <summary>From the first cache, as a model's weights are used, on as many accumulators as hide the time that one takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float SumOfSquares(ReadOnlySpan<float> values)
    {
        if (Fma.IsSupported)
        {
            var from = MemoryMarshal.Cast<float, Vector256<float>>(values);
            Vector256<float> a = default, b = default, c = default, d = default;
            for (var i = 0; i + 3 < from.Length; i += 4)
            {
                a = Fma.MultiplyAdd(from[i], from[i], a);
                b = Fma.MultiplyAdd(from[i + 1], from[i + 1], b);
                c = Fma.MultiplyAdd(from[i + 2], from[i + 2], c);
                d = Fma.MultiplyAdd(from[i + 3], from[i + 3], d);
            }

            return Vector256.Sum(Avx.Add(Avx.Add(a, b), Avx.Add(c, d)));
        }
        else
        {
            var from = MemoryMarshal.Cast<float, Vector<float>>(values);
            Vector<float> a = default, b = default, c = default, d = default;
            for (var i = 0; i + 3 < from.Length; i += 4)
            {
                a = Vector.MultiplyAddEstimate(from[i], from[i], a);
                b = Vector.MultiplyAddEstimate(from[i + 1], from[i + 1], b);
                c = Vector.MultiplyAddEstimate(from[i + 2], from[i + 2], c);
                d = Vector.MultiplyAddEstimate(from[i + 3], from[i + 3], d);
            }

            return Vector.Sum(a + b + c + d);
        }
    }

    private static uint Next(ref uint state)
    {
        state ^= state << 13;
        state ^= state >> 17;
        return state ^= state << 5;
    }
}

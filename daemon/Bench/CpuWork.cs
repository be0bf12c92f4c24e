using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Bench;

/// <summary>Work for one thread of the processor, made from a seed. The numbers in it are whole and small, so that every processor computes the same sum.</summary>
internal sealed class CpuWork
{
    private const int Side = 128, Steps = 200_000, Lanes = 1024, Sweeps = 4000;

    /// <summary>Of each round, every one shorter than a time slice: another process on the core spoils some of them and not the median.</summary>
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

        return new BenchRound(BenchStatistics.Percentile(rates, 0.5), sum);
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
        var width = Vector<float>.Count;
        for (var row = 0; row < Side; row++)
        {
            for (var inner = 0; inner < Side; inner++)
            {
                var factor = new Vector<float>(left[row * Side + inner]);
                for (var column = 0; column < Side; column += width)
                    (new Vector<float>(product, row * Side + column) + factor * new Vector<float>(right, inner * Side + column)).CopyTo(product, row * Side + column);
            }
        }

        var sum = 0UL;
        foreach (var value in product) sum = sum * 31 + (ulong)value;
        return sum;
    }

    /// <summary>Sums of products from the first cache, as a model's weights are used, on as many accumulators as hide the time that one takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong Simd()
    {
        var width = Vector<float>.Count;
        var total = 0UL;
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            Vector<float> a = default, b = default, c = default, d = default;
            for (var i = 0; i < Lanes; i += 4 * width)
            {
                var (one, two, three, four) = (new Vector<float>(lane, i), new Vector<float>(lane, i + width), new Vector<float>(lane, i + 2 * width), new Vector<float>(lane, i + 3 * width));
                a = Vector.FusedMultiplyAdd(one, one, a);
                b = Vector.FusedMultiplyAdd(two, two, b);
                c = Vector.FusedMultiplyAdd(three, three, c);
                d = Vector.FusedMultiplyAdd(four, four, d);
            }

            total += (ulong)Vector.Sum(a + b + c + d);
        }

        return total;
    }

    private static uint Next(ref uint state)
    {
        state ^= state << 13;
        state ^= state >> 17;
        return state ^= state << 5;
    }
}

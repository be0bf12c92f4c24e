using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Bench;

/// <summary>
/// Runs measurements in turns until the time is up, so that something else that keeps the machine busy for a while spoils some rounds of
/// each and the median of none.
/// </summary>
/// <param name="clock">How much time there is.</param>
/// <param name="leastRounds">Of each measurement where a slow machine does not take too long for them; the first one warms up.</param>
internal sealed class RoundRobin(BenchClock clock, int leastRounds)
{
    private readonly List<BenchFigure> figures = [];
    private readonly List<string> skipped = [];
    private readonly IncrementalHash checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public IReadOnlyList<BenchFigure> Figures => figures;

    public IReadOnlyList<string> Skipped => skipped;

    /// <summary>Of all results so far, in the order of the measurements.</summary>
    public string Checksum => Convert.ToHexStringLower(checksum.GetCurrentHash());

    /// <summary>0 when it was not measured.</summary>
    public long Median(string name) => figures.Find(figure => figure.Name == name)?.Median ?? 0;

    /// <summary>Runs until a moment of the clock, or little longer; when it is told to stop, keeps what it has.</summary>
    public void Run(IReadOnlyList<BenchTask> tasks, TimeSpan until, CancellationToken cancellationToken)
    {
        var rounds = tasks.Select(_ => new List<double>()).ToArray();
        var sums = new ulong?[tasks.Count];
        HashSet<int> broken = [];
        for (var round = 0; clock.IsDue(round - 1, leastRounds - 1, until) && !cancellationToken.IsCancellationRequested; round++)
        {
            for (var at = 0; at < tasks.Count && !cancellationToken.IsCancellationRequested; at++)
            {
                clock.Say(tasks[at].Name);
                var (value, sum) = tasks[at].Round();
                // The first one also compiles the code and fetches the memory.
                if (round > 0) rounds[at].Add(value);
                if (sums[at] is { } before && before != sum) broken.Add(at);
                sums[at] = sum;
            }
        }

        for (var at = 0; at < tasks.Count; at++)
        {
            if (broken.Contains(at)) Skip($"{tasks[at].Name} gave two different results for the same work, so this machine computes wrongly");
            else Add(tasks[at].Name, tasks[at].Unit, rounds[at], sums[at]);
        }
    }

    /// <summary>A figure of rounds, and the checksum of their work where that has one: whether other work was done depends on the machine. No rounds, no result.</summary>
    public void Add(string name, string unit, IReadOnlyList<double> rounds, ulong? sum = null)
    {
        if (rounds.Count == 0) return;
        figures.Add(BenchStatistics.Figure(name, unit, rounds));
        if (sum is not { } result) return;
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, result);
        checksum.AppendData(Encoding.UTF8.GetBytes(name));
        checksum.AppendData(bytes);
    }

    public void Skip(string why) => skipped.Add(why);
}

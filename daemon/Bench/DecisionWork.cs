using System.Diagnostics;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Bench;

/// <summary>The router's own decision, by the rules it runs by, among a thousand nodes that differ in model, price, load and luck, while every processor decides at once.</summary>
internal sealed class DecisionWork
{
    public const int Nodes = 1000;

    private const int Models = 4, Decisions = 40;

    private readonly List<NodeEntry> nodes = [];
    private readonly InferenceRequest request;
    private readonly long nowMs;

    public DecisionWork(long seed, TimeProvider time)
    {
        nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        request = RouterLoad.Request(seed, 200) with { ModelId = "model-0" };
        var random = new Random(unchecked((int)seed));
        for (var at = 0; at < Nodes; at++)
        {
            using var key = KeyPair.Generate();
            var load = new PeerLoad();
            load.Succeeded(random.Next(5, 500));
            if (random.Next(20) == 0) load.Failed(nowMs - random.Next(60_000));
            for (var running = random.Next(4); running > 0; running--) load.Enter();
            nodes.Add(new NodeEntry(key.PublicKey, new PeerEndpoint(new Uri("https://node.example/")), Descriptor(key.PublicKey.Npub, at, random), nowMs - random.Next(25_000), load));
        }
    }

    /// <summary>Microseconds of every decision of one round, in which as many decide at once as there are processors.</summary>
    public IReadOnlyList<double> Round()
    {
        var threads = Environment.ProcessorCount;
        var times = new double[threads * Decisions];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            for (var at = 0; at < Decisions; at++)
            {
                var began = Stopwatch.GetTimestamp();
                Decide();
                times[thread * Decisions + at] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
            }
        });
        return times;
    }

    /// <summary>Adds the figures of all rounds.</summary>
    public static void AddTo(RoundRobin robin, IReadOnlyList<IReadOnlyList<double>> rounds)
    {
        foreach (var (name, share) in ((string, double)[])[(FigureNames.DecisionP50, 0.5), (FigureNames.DecisionP95, 0.95), (FigureNames.DecisionP99, 0.99)])
            robin.Add(name, "µs", [.. rounds.Select(round => BenchStatistics.Percentile(round, share))], Nodes);
    }

    /// <summary>How many nodes fit, best first, as the dispatcher asks.</summary>
    public int Decide() => NodePrivacyPolicy.Rank(nodes, request, TokenEstimate.Of(request), nowMs).Candidates.Count;

    private static NodeDescriptor Descriptor(string npub, int at, Random random) => new()
    {
        NodeId = npub,
        KeyId = npub,
        Endpoint = "https://node.example/",
        Capacity = new NodeCapacity { MaxConcurrent = 4, CurrentLoad = 0 },
        Capabilities =
        [
            .. ((int[])[at % Models, (at + 1) % Models]).Select(model => new FedAi.Protocol.Messages.Capability
            {
                ModelId = $"model-{model}",
                ContextWindow = 4096,
                MaxTokens = 1024,
                Pricing = new Pricing { Unit = PricingUnit.Token, InputRate = random.Next(10) / 1000.0, OutputRate = random.Next(10) / 1000.0, Currency = "SAT" },
            }),
        ],
    };
}

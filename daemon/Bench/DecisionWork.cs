using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Bench;

/// <summary>
/// The decision of a running router: which of a thousand nodes, which differ in models and price, gets a job. As many ask at once as there
/// are processors, and the router measures how long it takes.
/// </summary>
internal sealed class DecisionWork : IDisposable
{
    public const int Nodes = 1000;

    private const int Models = 4, Connections = 16;

    private readonly RouterLoad load;
    private readonly TimeProvider time;
    private readonly KeyPair client = KeyPair.Generate();
    private readonly List<KeyPair> keys = [.. Enumerable.Range(0, Nodes).Select(_ => KeyPair.Generate())];
    private readonly List<NodeDescriptor> descriptors;

    /// <param name="load">What asks.</param>
    /// <param name="endpoint">Where all of the nodes are: something that answers.</param>
    /// <param name="seed">Of their prices.</param>
    /// <param name="time">The clock.</param>
    public DecisionWork(RouterLoad load, Uri endpoint, long seed, TimeProvider time)
    {
        (this.load, this.time) = (load, time);
        var random = new Random(unchecked((int)seed));
        descriptors = [.. keys.Select((key, at) => Descriptor(key.PublicKey.Npub, at, endpoint, random))];
    }

    /// <summary>Registers the nodes, which holds for 30 s, and asks for so many quotes. What was not answered well ends the benchmark.</summary>
    public async Task<DecisionTimes> RoundAsync(Uri router, int quotes, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await SendAsync("register-node", [.. descriptors.Select((descriptor, at) => EnvelopeSealer.Seal(descriptor, ProtocolJson.Default.NodeDescriptor, keys[at], now))], Connections);
        var asked = Enumerable.Range(0, quotes).Select(_ => EnvelopeSealer.Seal(Quote(), ProtocolJson.Default.QuoteRequest, client, now)).ToArray();
        var before = DecisionTimes.Read(await load.MetricsAsync(router, cancellationToken));
        await SendAsync("quote", asked, Environment.ProcessorCount);
        return DecisionTimes.Read(await load.MetricsAsync(router, cancellationToken)).Since(before);

        async Task SendAsync(string path, byte[][] bodies, int connections)
        {
            if ((await load.SendAsync(new Uri(router, path), bodies, connections, cancellationToken)).Failures is > 0 and var failures)
                throw new InvalidOperationException($"the router refused {failures} of {bodies.Length} requests to /{path}");
        }
    }

    /// <summary>What one of these nodes offers, by its number.</summary>
    public static NodeDescriptor Descriptor(string npub, int at, Uri endpoint, Random random) => new()
    {
        NodeId = npub,
        KeyId = npub,
        Endpoint = endpoint.ToString(),
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

    /// <summary>Asks for a price, as a gateway does before it seals a request; half of the nodes have the model.</summary>
    public static QuoteRequest Quote() => new()
    {
        RequestId = Guid.CreateVersion7().ToString(),
        ModelId = "model-0",
        MaxTokens = 16,
        InputTokensEstimate = 50,
        OutputTokensEstimate = 16,
        PrivacyLevel = PrivacyLevel.PL0,
    };

    public void Dispose()
    {
        client.Dispose();
        foreach (var key in keys) key.Dispose();
    }
}

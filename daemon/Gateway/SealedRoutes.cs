using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Gateway;

/// <summary>The routes of the last quotes, so that not every request costs a second round trip: as long as a quote is good, which is a minute.</summary>
internal sealed class SealedRoutes(TimeProvider time)
{
    /// <summary>Routers times models that one user asks within a minute; beyond that all start anew.</summary>
    private const int MaxRoutes = 1024;

    /// <summary>No quote is believed for longer, whatever it says.</summary>
    private const long LongestQuoteMs = 120_000;

    private readonly ConcurrentDictionary<(PublicKey Router, string ModelId), SealedRoute> routes = new();

    public SealedRoute? Find(PublicKey router, string modelId) =>
        routes.TryGetValue((router, modelId), out var route) && route.QuoteEndsMs > NowMs() ? route : null;

    /// <summary>Keeps a route; the node's key was checked.</summary>
    public void Keep(PublicKey router, string modelId, SealedRoute route)
    {
        if (routes.Count >= MaxRoutes) routes.Clear();
        routes[(router, modelId)] = route with { QuoteEndsMs = Math.Min(route.QuoteEndsMs, NowMs() + LongestQuoteMs) };
    }

    /// <summary>The route does not work any more; another one that was found meanwhile stays.</summary>
    public void Forget(PublicKey router, string modelId, SealedRoute route) =>
        routes.TryRemove(new KeyValuePair<(PublicKey, string), SealedRoute>((router, modelId), route));

    /// <summary>The same route with the newer key that the node itself gave; false when this is not its key.</summary>
    public bool TryRenew(SealedRoute route, NodeSealKey? given, [NotNullWhen(true)] out SealedRoute? renewed)
    {
        // Mostly it is the key that is known already, and nothing needs to be checked.
        renewed = given is not null && !JsonMarshal.GetRawUtf8Value(given.SealKey).SequenceEqual(JsonMarshal.GetRawUtf8Value(route.Given.SealKey))
            && SealKeys.TryOpen(given, NowMs(), out var node, out var key) && node.Equals(route.Node)
            ? route with { Key = key, Given = given }
            : null;
        return renewed is not null;
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}

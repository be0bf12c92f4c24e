using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Gateway;

/// <summary>The routes of the last quotes by what they are good for (a model and its features), so that not every request costs a second round trip: as long as a quote is good, which is a minute.</summary>
internal sealed class SealedRoutes(TimeProvider time)
{
    /// <summary>Routers times models that one user asks within a minute; beyond that all start anew.</summary>
    private const int MaxRoutes = 1024;

    /// <summary>Whatever a quote says.</summary>
    private const long LongestQuoteMs = 120_000;

    /// <summary>How long a router that had no trusted node is asked after the others; as long as a quote holds.</summary>
    private const long MissingMs = 60_000;

    private readonly ConcurrentDictionary<(PublicKey Router, string Wanted), SealedRoute> routes = new();
    private readonly ConcurrentDictionary<(PublicKey Router, string Wanted), long> missing = new();

    public SealedRoute? Find(PublicKey router, string wanted) =>
        routes.TryGetValue((router, wanted), out var route) && route.QuoteEndsMs > NowMs() ? route : null;

    /// <summary>Reads the node's key out of a quote for so many tokens, which is believed for two minutes at most; null when the node has not signed it.</summary>
    public SealedRoute? Read(QuoteResponse quote, double askedTokens) =>
        SealedRoute.TryCreate(quote.Node, new SealedLimits(quote.MaxTokens, quote.ContextWindow, askedTokens), Math.Min(quote.ExpiresAtMs, NowMs() + LongestQuoteMs), NowMs());

    public void Keep(PublicKey router, string wanted, SealedRoute route)
    {
        if (routes.Count >= MaxRoutes) routes.Clear();
        routes[(router, wanted)] = route;
    }

    /// <summary>The route does not work any more; another one that was found meanwhile stays.</summary>
    public void Forget(PublicKey router, string wanted, SealedRoute route) =>
        routes.TryRemove(new KeyValuePair<(PublicKey, string), SealedRoute>((router, wanted), route));

    /// <summary>The router has no trusted node for this.</summary>
    public void Miss(PublicKey router, string wanted)
    {
        if (missing.Count >= MaxRoutes) missing.Clear();
        missing[(router, wanted)] = NowMs() + MissingMs;
    }

    /// <summary>Whether that was so a moment ago.</summary>
    public bool IsMissing(PublicKey router, string wanted) => missing.TryGetValue((router, wanted), out var untilMs) && untilMs > NowMs();

    /// <summary>The same route with the newer key that the node itself gave; null when it gave no other, or somebody else did.</summary>
    public SealedRoute? Renew(SealedRoute route, NodeSealKey? given) =>
        // Mostly it is the key that is known already, and nothing needs to be checked.
        given is not null && !JsonMarshal.GetRawUtf8Value(given.SealKey).SequenceEqual(JsonMarshal.GetRawUtf8Value(route.Given.SealKey))
        && SealedRoute.TryCreate(given, route.Limits, route.QuoteEndsMs, NowMs()) is { } renewed && renewed.Node.Equals(route.Node)
            ? renewed
            : null;

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}

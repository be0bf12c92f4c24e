using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Gateway;

/// <summary>A node behind a router that may read a request, its key to seal with as it was given, what it takes, and until when (ms) the router's quote holds.</summary>
internal sealed class SealedRoute
{
    private readonly SealKey key;
    private SealedSender? spare;

    private SealedRoute(PublicKey node, SealKey key, NodeSealKey given, SealedLimits limits, double quoteEndsMs, SealedSender spare) =>
        (Node, this.key, Given, Limits, QuoteEndsMs, this.spare) = (node, key, given, limits, quoteEndsMs, spare);

    public PublicKey Node { get; }

    public NodeSealKey Given { get; }

    public SealedLimits Limits { get; }

    public double QuoteEndsMs { get; }

    /// <summary>Takes a node's key that a router or the node gave; null when the node has not signed it, it is not good now, or it is no key.</summary>
    public static SealedRoute? TryCreate(NodeSealKey? given, SealedLimits limits, double quoteEndsMs, long nowMs) =>
        given is not null && SealKeys.TryOpen(given, nowMs, out var node, out var key) && SealedSender.TryCreate(key, out var sender)
            ? new SealedRoute(node, key, given, limits, quoteEndsMs, sender)
            : null;

    /// <summary>The request for this node alone; an answer that it would not write so long is asked for as long as it writes.</summary>
    public InferenceRequest Seal(InferenceRequest request, out SealedAnswerReader answer)
    {
        var sender = Interlocked.Exchange(ref spare, null);
        if (sender is null) SealedSender.TryCreate(key, out sender);
        return SealedRequests.Seal(request with { MaxTokens = Limits.Fit(request) }, Node.Npub, sender!, out answer);
    }

    /// <summary>Makes ready for the next request, beside the path of this one.</summary>
    public void Prepare() => ThreadPool.UnsafeQueueUserWorkItem(static route => route.Refill(), this, preferLocal: false);

    private void Refill()
    {
        if (Volatile.Read(ref spare) is not null || !SealedSender.TryCreate(key, out var sender)) return;
        Interlocked.Exchange(ref spare, sender)?.Dispose();
    }
}

using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Gateway;

/// <summary>A node behind a router that may read a request, its key to seal with as it was given, and until when (ms) the router's quote holds.</summary>
internal sealed class SealedRoute
{
    private readonly SealKey key;
    private SealedSender? spare;

    private SealedRoute(PublicKey node, SealKey key, NodeSealKey given, double quoteEndsMs, SealedSender spare) =>
        (Node, this.key, Given, QuoteEndsMs, this.spare) = (node, key, given, quoteEndsMs, spare);

    public PublicKey Node { get; }

    public NodeSealKey Given { get; }

    public double QuoteEndsMs { get; }

    /// <summary>Takes a node's key that a router or the node gave; null when the node has not signed it, it is not good now, or it is no key.</summary>
    public static SealedRoute? TryCreate(NodeSealKey? given, double quoteEndsMs, long nowMs) =>
        given is not null && SealKeys.TryOpen(given, nowMs, out var node, out var key) && SealedSender.TryCreate(key, out var sender)
            ? new SealedRoute(node, key, given, quoteEndsMs, sender)
            : null;

    public InferenceRequest Seal(InferenceRequest request, out SealedAnswerReader answer)
    {
        var sender = Interlocked.Exchange(ref spare, null);
        if (sender is null) SealedSender.TryCreate(key, out sender);
        return SealedRequests.Seal(request, Node.Npub, sender!, out answer);
    }

    /// <summary>Makes ready for the next request, beside the path of this one.</summary>
    public void Prepare() => ThreadPool.UnsafeQueueUserWorkItem(static route => route.Refill(), this, preferLocal: false);

    private void Refill()
    {
        if (Volatile.Read(ref spare) is not null || !SealedSender.TryCreate(key, out var sender)) return;
        Interlocked.Exchange(ref spare, sender)?.Dispose();
    }
}

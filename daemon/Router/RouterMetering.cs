using System.Diagnostics.Metrics;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>
/// The router's books: every accepted metering record, once. Records come with an answer, checked already; or by
/// themselves, for a request this router placed and whose asker left (DECISIONS E4).
/// </summary>
internal sealed class RouterMetering(MeteringTable table, RequestTraces traces, TimeProvider time)
{
    /// <summary>Requests whose record may still come. Facts without text, a few hundred bytes each.</summary>
    internal const int MaxAwaited = 4096;

    private const long AwaitedForMs = 600_000;

    private static readonly Meter Meter = new("FedAi.Router");
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("fedai.metering.refused", description: "Metering records not taken into the books, by reason.");

    private readonly Dictionary<(PublicKey Node, string RequestId), (MeteringFacts Facts, string? Client, long AtMs)> awaited = [];
    private readonly Queue<(PublicKey Node, string RequestId)> inOrder = new();
    private readonly Lock gate = new();

    /// <summary>Books the record of a finished run. Not waited for: the node's own copy is durable already (DECISIONS E9).</summary>
    public void Accept(SignedResult result, PublicKey? client) =>
        _ = BookAsync(Row(result.Node, result.Metering, result.MeteringEnvelope.Wire, client?.Npub));

    /// <summary>A node was asked, and that is over: it answered (done), refused, or the asker left. Kept for a while only.</summary>
    public void Asked(NodeEntry node, InferenceRequest request, TimeSpan took, bool done, Refusal? refusal) =>
        traces.Asked(request.RequestId, node.Key, request.ModelId, took, done, refusal);

    /// <summary>The asker of this request left, or the node broke off: its record may come by itself. Where too many are waited for, the oldest makes room.</summary>
    public void Await(NodeEntry node, InferenceRequest request, PublicKey? client)
    {
        var entry = (MeteringFacts.Of(request, onlyAsAsked: node.Chat), client?.Npub, time.GetUtcNow().ToUnixTimeMilliseconds());
        lock (gate)
        {
            if (inOrder.Count == MaxAwaited) awaited.Remove(inOrder.Dequeue());
            inOrder.Enqueue((node.Key, request.RequestId));
            awaited[(node.Key, request.RequestId)] = entry;
        }
    }

    /// <summary>Takes a node's record of a run that was cut short; null when it is in the books.</summary>
    public async Task<Refusal?> AcceptPartialAsync(NodeEntry node, MeteringRecord record, ReadOnlyMemory<byte> envelope)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (Awaited(node.Key, record.RequestId) is not { } entry || now - entry.AtMs > AwaitedForMs)
            return Count(new Refusal(ErrorCode.MeteringUnknownRequest, "This router does not wait for a record of that request from this node."));
        if (record.Status is not (MeteringStatus.Partial or MeteringStatus.Failed))
            return Count(new Refusal(ErrorCode.InvalidMetering, "Only partial and failed runs are reported here; a complete one comes with its answer."));
        var pricing = node.Descriptor.Capabilities.FirstOrDefault(offer => offer.ModelId == record.ModelId)?.Pricing;
        if (MeteringRules.CheckRun(entry.Facts, record, node.Descriptor.NodeId, now, pricing) is { } code)
            return Count(new Refusal(code, "The record does not fit the request this router placed."));

        var refusal = await BookAsync(Row(node.Key, record, envelope, entry.Client));
        if (refusal is null)
            lock (gate) awaited.Remove((node.Key, record.RequestId));
        return refusal;
    }

    private (MeteringFacts Facts, string? Client, long AtMs)? Awaited(PublicKey node, string requestId)
    {
        lock (gate) return awaited.TryGetValue((node, requestId), out var entry) ? entry : null;
    }

    private async Task<Refusal?> BookAsync(MeteringRow row) => await table.AddAsync(row, Durability.Normal) is { } refusal ? Count(refusal) : null;

    private static Refusal Count(Refusal refusal)
    {
        Refused.Add(1, new KeyValuePair<string, object?>("reason", refusal.Code.Wire()));
        return refusal;
    }

    private static MeteringRow Row(PublicKey node, MeteringRecord record, ReadOnlyMemory<byte> envelope, string? client) =>
        MeteringRows.Of(record, node, client, envelope);
}

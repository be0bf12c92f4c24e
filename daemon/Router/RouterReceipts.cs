using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Json;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>What the router announces of its books: the root of the metering records of the last full quarter of an hour. For one thread.</summary>
internal sealed class RouterReceipts(MeteringTable table)
{
    private const long WindowMs = 15 * 60 * 1000;

    /// <summary>Records reach the books some seconds after their own time; the root waits for them.</summary>
    private const long LateMs = 60_000;

    private long readUntilMs;
    private ReceiptWindow? newest;

    /// <summary>The newest window; null when nothing was metered in it. The books are read once a window.</summary>
    public ReceiptWindow? Newest(long nowMs)
    {
        var until = (nowMs - LateMs) / WindowMs * WindowMs;
        if (until == readUntilMs) return newest;
        var leaves = table.Envelopes(until - WindowMs, until, Leaf);
        readUntilMs = until;
        newest = leaves.Count == 0 ? null : new ReceiptWindow(until - WindowMs, until, Convert.ToHexStringLower(MerkleTree.Root(leaves)));
        return newest;
    }

    /// <summary>Over the canonical form, which everyone who holds the record can make.</summary>
    private static byte[] Leaf(byte[] envelope) => MerkleTree.Leaf(CanonicalJson.Of(envelope) ?? envelope);
}

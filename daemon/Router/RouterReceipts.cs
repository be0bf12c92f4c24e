using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Json;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>What the router announces of its books: the root of the metering records of the last full quarter of an hour. <see cref="Newest"/> is for one thread.</summary>
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
        readUntilMs = until;
        newest = Read(until - WindowMs) is { Root.Length: > 0 } window ? window : null;
        return newest;
    }

    /// <summary>The window in which a record with this time is, or will be; without a root until it is announced.</summary>
    public ReceiptWindow WindowOf(long tsMs, long nowMs)
    {
        var from = tsMs / WindowMs * WindowMs;
        return nowMs < from + WindowMs + LateMs ? new ReceiptWindow(from, from + WindowMs, "") : Read(from);
    }

    private ReceiptWindow Read(long from)
    {
        var leaves = table.Envelopes(from, from + WindowMs, Leaf);
        return new ReceiptWindow(from, from + WindowMs, leaves.Count == 0 ? "" : Convert.ToHexStringLower(MerkleTree.Root(leaves)));
    }

    /// <summary>Over the canonical form, which everyone who holds the record can make.</summary>
    private static byte[] Leaf(byte[] envelope) => MerkleTree.Leaf(CanonicalJson.Of(envelope) ?? envelope);
}

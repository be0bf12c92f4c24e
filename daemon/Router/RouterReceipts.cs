using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>What the router announces of its books: the root of the metering records of the last full quarter of an hour.</summary>
internal sealed class RouterReceipts(MeteringTable table)
{
    private const long WindowMs = 15 * 60 * 1000;

    /// <summary>A record that comes by itself is taken for five minutes after its own time; the root waits for all, so that it never changes.</summary>
    private const long LateMs = 6 * 60 * 1000;

    private long readUntilMs;
    private ReceiptWindow? newest;

    /// <summary>The newest window; null when nothing was metered in it. The books are read once a window. For one thread.</summary>
    public ReceiptWindow? Newest(long nowMs)
    {
        var until = (nowMs - LateMs) / WindowMs * WindowMs;
        if (until == readUntilMs) return newest;
        var leaves = LeavesUntil(until);
        readUntilMs = until;
        newest = leaves.Count == 0 ? null : new ReceiptWindow(until - WindowMs, until, Convert.ToHexStringLower(MerkleTree.Root(leaves)));
        return newest;
    }

    /// <summary>The window that a record of this time is in and the record's way to its root; or in how many seconds that will be known.</summary>
    public (ReceiptWindow? Window, MerklePath? Path, int WaitSeconds) Find(MeteringRow row, long nowMs)
    {
        var until = (row.TsMs / WindowMs + 1) * WindowMs;
        if (nowMs < until + LateMs) return (null, null, (int)((until + LateMs - nowMs + 999) / 1000));
        var leaves = LeavesUntil(until);
        return leaves.Count > 0 && MerkleTree.Path(leaves, ReceiptRules.Leaf(row.Envelope)) is { } path
            ? (new ReceiptWindow(until - WindowMs, until, Convert.ToHexStringLower(MerkleTree.Root(leaves))), path, 0)
            : (null, null, 0);
    }

    private IReadOnlyList<byte[]> LeavesUntil(long until) => table.Envelopes(until - WindowMs, until, envelope => ReceiptRules.Leaf(envelope));
}

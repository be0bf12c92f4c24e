using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>What the router announces of its books: the root of the metering records of the last full quarter of an hour. <see cref="Newest"/> is for one thread.</summary>
internal sealed class RouterReceipts(MeteringTable table)
{
    private const long WindowMs = 15 * 60 * 1000;

    /// <summary>A record that comes by itself is taken for five minutes after its own time; the root waits for all, so that it never changes.</summary>
    private const long LateMs = 6 * 60 * 1000;

    private long readUntilMs;
    private ReceiptWindow? newest;

    /// <summary>The newest window; null when nothing was metered in it. The books are read once a window.</summary>
    public ReceiptWindow? Newest(long nowMs)
    {
        var until = (nowMs - LateMs) / WindowMs * WindowMs;
        if (until == readUntilMs) return newest;
        var window = Window(until - WindowMs, LeavesFrom(until - WindowMs));
        readUntilMs = until;
        newest = window.Root.Length > 0 ? window : null;
        return newest;
    }

    /// <summary>The window in which a record with this time is, or will be; without a root until it is announced.</summary>
    public ReceiptWindow WindowOf(long tsMs, long nowMs)
    {
        var from = tsMs / WindowMs * WindowMs;
        return Window(from, IsOpen(from, nowMs) ? [] : LeavesFrom(from));
    }

    /// <summary>The window that a record of this time is in and the record's way to its root; or in how many seconds that will be known.</summary>
    public (ReceiptWindow? Window, MerklePath? Path, int WaitSeconds) Find(MeteringRow row, long nowMs)
    {
        var from = row.TsMs / WindowMs * WindowMs;
        if (IsOpen(from, nowMs)) return (null, null, (int)((from + WindowMs + LateMs - nowMs + 999) / 1000));
        var leaves = LeavesFrom(from);
        return leaves.Count > 0 && MerkleTree.Path(leaves, ReceiptRules.Leaf(row.Envelope)) is { } path ? (Window(from, leaves), path, 0) : (null, null, 0);
    }

    private static bool IsOpen(long from, long nowMs) => nowMs < from + WindowMs + LateMs;

    private static ReceiptWindow Window(long from, IReadOnlyList<byte[]> leaves) =>
        new(from, from + WindowMs, leaves.Count == 0 ? "" : Convert.ToHexStringLower(MerkleTree.Root(leaves)));

    private IReadOnlyList<byte[]> LeavesFrom(long from) => table.Envelopes(from, from + WindowMs, envelope => ReceiptRules.Leaf(envelope));
}

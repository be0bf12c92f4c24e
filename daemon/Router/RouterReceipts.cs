using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>What the router announces of its books: the root of the metering records of the last full quarter of an hour. <see cref="Newest"/> is for one thread.</summary>
internal sealed class RouterReceipts(MeteringTable table) : IDisposable
{
    /// <summary>Trees that are kept, of 130 bytes a record: 12 MB each on a router with a hundred records a second, nothing to speak of on others.</summary>
    private const int MostKept = 4;

    private const long WindowMs = 15 * 60 * 1000;

    /// <summary>A record that comes by itself is taken for five minutes after its own time; the root waits for all, so that it never changes.</summary>
    private const long LateMs = 6 * 60 * 1000;

    /// <summary>One reads the books, which takes a while on a busy router; whoever asks for the same meanwhile finds them read.</summary>
    private readonly SemaphoreSlim reading = new(1);

    /// <summary>Of the windows asked for last. None changes any more.</summary>
    private volatile IReadOnlyList<(long FromMs, IReadOnlyList<byte[][]> Levels)> kept = [];

    private long readUntilMs;
    private ReceiptWindow? newest;

    /// <summary>The newest window; null when nothing was metered in it. The books are read once a window.</summary>
    public ReceiptWindow? Newest(long nowMs)
    {
        var until = (nowMs - LateMs) / WindowMs * WindowMs;
        if (until == readUntilMs) return newest;
        var window = Window(until - WindowMs, Kept(until - WindowMs) ?? Read(until - WindowMs));
        readUntilMs = until;
        newest = window.Root.Length > 0 ? window : null;
        return newest;
    }

    /// <summary>The window in which a record with this time is, or will be; without a root until it is announced.</summary>
    public async Task<ReceiptWindow> WindowOfAsync(long tsMs, long nowMs, CancellationToken cancellationToken)
    {
        var from = tsMs / WindowMs * WindowMs;
        return Window(from, IsOpen(from, nowMs) ? [] : await LevelsAsync(from, cancellationToken));
    }

    /// <summary>The window that a record of this time is in and the record's way to its root; or in how many seconds that will be known.</summary>
    public async Task<(ReceiptWindow? Window, MerklePath? Path, int WaitSeconds)> FindAsync(MeteringRow row, long nowMs, CancellationToken cancellationToken)
    {
        var from = row.TsMs / WindowMs * WindowMs;
        if (IsOpen(from, nowMs)) return (null, null, (int)((from + WindowMs + LateMs - nowMs + 999) / 1000));
        var levels = await LevelsAsync(from, cancellationToken);
        return levels.Count > 0 && MerkleTree.Path(levels, ReceiptRules.Leaf(row.Envelope)) is { } path ? (Window(from, levels), path, 0) : (null, null, 0);
    }

    public void Dispose() => reading.Dispose();

    private static bool IsOpen(long from, long nowMs) => nowMs < from + WindowMs + LateMs;

    private static ReceiptWindow Window(long from, IReadOnlyList<byte[][]> levels) =>
        new(from, from + WindowMs, levels.Count == 0 ? "" : Convert.ToHexStringLower(levels[^1][0]));

    /// <summary>The tree of a window that is over; what was begun is finished and kept, even if nobody waits for it any more.</summary>
    private async Task<IReadOnlyList<byte[][]>> LevelsAsync(long from, CancellationToken cancellationToken)
    {
        if (Kept(from) is { } known) return known;
        await reading.WaitAsync(cancellationToken);
        try
        {
            if (Kept(from) is { } meanwhile) return meanwhile;
            var levels = await Task.Run(() => Read(from), CancellationToken.None);
            kept = [(from, levels), .. kept.Take(MostKept - 1)];
            return levels;
        }
        finally
        {
            reading.Release();
        }
    }

    private IReadOnlyList<byte[][]>? Kept(long from) => kept.FirstOrDefault(window => window.FromMs == from).Levels;

    /// <summary>Nothing where nothing was metered.</summary>
    private IReadOnlyList<byte[][]> Read(long from)
    {
        var leaves = table.Envelopes(from, from + WindowMs, envelope => ReceiptRules.Leaf(envelope));
        return leaves.Count == 0 ? [] : MerkleTree.Levels(leaves);
    }
}

using System.Buffers.Binary;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Store;

/// <summary>The replay floor and the nonces of the last window (DECISIONS E8). Which of them a request needs first is decided in Peering.</summary>
internal sealed class ReplayTable(Database database)
{
    private const string InsertNonce = "INSERT OR IGNORE INTO nonces (id, ts) VALUES ($1, $2)";

    /// <summary>Room that stays for nonces on their way; what a slow moment of the disk needed beyond it is given back.</summary>
    private const int UsualPending = 1024;

    private readonly Lock gate = new();
    private readonly List<ReplayNonce> pending = [];
    private Task flush = Task.CompletedTask;
    private bool flushing;
    private volatile bool lost;

    /// <summary>
    /// Reads the memory of earlier runs and, before it returns, durably notes that this run has not ended cleanly yet.
    /// Nonces older than <paramref name="oldestTsMs"/> are forgotten.
    /// </summary>
    public async Task<ReplayMemory> LoadAsync(long oldestTsMs)
    {
        ReplayMemory? memory = null;
        var refusal = await database.WriteAsync(Durability.Full, statements =>
        {
            statements.Execute("DELETE FROM nonces WHERE ts < $1", oldestTsMs);
            var nonces = statements.Query("SELECT id, ts FROM nonces", row => new ReplayNonce(BinaryPrimitives.ReadUInt128BigEndian(row.GetBytes(0)), row.GetInt64(1)));
            memory = statements.Query("SELECT floor_ms, clean FROM replay", row => new ReplayMemory(row.GetInt64(0), row.GetBoolean(1), nonces))[0];
            statements.Execute("UPDATE replay SET clean = 0");
            return null;
        });
        return refusal is null ? memory! : throw new StoreException($"cannot write the store {database.Path}: {refusal.Hint}");
    }

    /// <summary>Raises the floor, synced; it never falls.</summary>
    public Task<Refusal?> CommitFloorAsync(long floorMs) => database.WriteAsync(Durability.Full, statements =>
    {
        statements.Execute("UPDATE replay SET floor_ms = max(floor_ms, $1)", floorMs);
        return null;
    });

    /// <summary>Keeps one nonce, synced; <see cref="ErrorCode.NonceReused"/> when it is there already.</summary>
    public Task<Refusal?> CommitNonceAsync(ReplayNonce nonce) => database.WriteAsync(Durability.Full, statements =>
        Insert(statements, nonce) == 1 ? null : new Refusal(ErrorCode.NonceReused));

    /// <summary>Keeps one nonce with the next batch. All that wait are one write, so this never fills the queue.</summary>
    public void RememberLater(ReplayNonce nonce)
    {
        lock (gate)
        {
            pending.Add(nonce);
            if (flushing) return;
            flushing = true;
            flush = FlushAsync(flush);
        }
    }

    /// <summary>Forgets nonces that the time window refuses anyway (retention: the window and no longer).</summary>
    public Task<Refusal?> ForgetAsync(long oldestTsMs) => database.WriteAsync(Durability.Normal, statements =>
    {
        statements.Execute("DELETE FROM nonces WHERE ts < $1", oldestTsMs);
        return null;
    });

    /// <summary>At a graceful stop, after the last request: every nonce is kept, so the next start needs no waiting. Not claimed when one was lost.</summary>
    public async Task<Refusal?> MarkCleanAsync()
    {
        Task earlier;
        lock (gate) earlier = flush;
        await earlier;
        return lost
            ? new Refusal(ErrorCode.StorageFull, "some nonces could not be kept; the next start refuses envelopes of the last seconds")
            : await database.WriteAsync(Durability.Full, statements =>
            {
                statements.Execute("UPDATE replay SET clean = 1");
                return null;
            });
    }

    private async Task FlushAsync(Task earlier)
    {
        await earlier;
        var batch = new List<ReplayNonce>();
        var refusal = await database.WriteAsync(Durability.Normal, statements =>
        {
            TakePending(batch);
            foreach (var nonce in batch) Insert(statements, nonce);
            return null;
        }, hurry: false);
        if (refusal is null) return;
        TakePending(batch);
        lost = true;
    }

    private void TakePending(List<ReplayNonce> batch)
    {
        lock (gate)
        {
            batch.AddRange(pending);
            pending.Clear();
            if (pending.Capacity > UsualPending) pending.Capacity = UsualPending;
            flushing = false;
        }
    }

    private static int Insert(Statements statements, ReplayNonce nonce)
    {
        var id = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(id, nonce.Id);
        return statements.Execute(InsertNonce, id, nonce.TsMs);
    }
}

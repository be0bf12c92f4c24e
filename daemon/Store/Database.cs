using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Store;

/// <summary>
/// The daemon's one SQLite file in WAL mode (ARCHITECTURE D4): one writer thread commits batches, reads go over
/// connections of their own. A full disk is a refusal, and nothing is acknowledged before it is committed.
/// </summary>
internal sealed class Database : IAsyncDisposable
{
    // A write holds at most one envelope of a few KiB, so a full queue is some tens of MiB and seconds of disk time.
    private const int QueueLimit = 8192;
    private const int BatchLimit = 1024;

    // Writes that are in no hurry are collected this long: 20 commits a second instead of one each.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(50);

    private readonly WriteQueue queue = new(QueueLimit, BatchLimit, Linger);
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Statements writer;
    private Durability level = Durability.Full;

    private Database(string path, Statements writer)
    {
        this.writer = writer;
        Path = path;
        new Thread(WriteBatches) { IsBackground = true, Name = "store-writer" }.Start();
    }

    /// <summary>The file; <c>-wal</c> and <c>-shm</c> lie beside it while it is open.</summary>
    public string Path { get; }

    /// <summary>Ends when the writer has ended; faulted when it ended by a bug or a damaged file.</summary>
    public Task Stopped => stopped.Task;

    /// <summary>Opens or creates the file, mode 0600, and brings its tables up to date.</summary>
    public static Database Open(string path)
    {
        Statements? writer = null;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            PrivateFile.Create(path);
            writer = Statements.Open(path, readOnly: false);
            writer.Script("PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-4000");
            StoreSchema.Migrate(writer, path);
            return new Database(path, writer);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException or StoreException)
        {
            writer?.Dispose();
            if (exception is StoreException) throw;
            throw new StoreException($"cannot open the store {path}: {exception.Message} (check the folder's owner and free space)", exception);
        }
    }

    /// <summary>
    /// Runs <paramref name="write"/> inside a coming commit and answers when that commit has reached <paramref name="durability"/>:
    /// null, the write's own refusal, or <see cref="ErrorCode.StorageFull"/>. Without <paramref name="hurry"/> the commit may wait 50 ms for
    /// company. The write must be able to run twice: when one write of a batch is wrong, the others are run again.
    /// </summary>
    public Task<Refusal?> WriteAsync(Durability durability, Func<Statements, Refusal?> write, bool hurry = true)
    {
        var pending = new PendingWrite(write, durability, hurry);
        switch (queue.Add(pending))
        {
            case WriteQueueAnswer.Full:
                pending.Refuse(new Refusal(ErrorCode.StorageFull, "the disk is slower than the requests; try again in a second", RetryAfterSeconds: 1));
                break;
            case WriteQueueAnswer.Closed:
                pending.Refuse(new Refusal(ErrorCode.Draining, "the daemon is stopping", RetryAfterSeconds: 5));
                break;
        }

        return pending.Done;
    }

    /// <summary>Reads what is committed, on a connection of its own.</summary>
    public T Read<T>(Func<Statements, T> read)
    {
        using var reader = Statements.Open(Path, readOnly: true);
        return read(reader);
    }

    /// <summary>Commits what was handed in, synced, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Close();
        await stopped.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void WriteBatches()
    {
        var batch = new List<PendingWrite>();
        try
        {
            while (queue.Take(batch))
            {
                Commit(batch);
                batch.Clear();
            }

            writer.Dispose();
            stopped.SetResult();
        }
#pragma warning disable CA1031 // Whatever it is, the host must hear of it through Stopped and the waiting callers must not hang.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            queue.Close();
            do
            {
                foreach (var write in batch) write.Fail(exception);
                batch.Clear();
            }
            while (queue.Take(batch));
            writer.Dispose();
            stopped.SetException(exception);
        }
    }

    private void Commit(List<PendingWrite> batch)
    {
        try
        {
            CommitTogether(batch);
            foreach (var write in batch) write.Committed();
        }
        catch (SqliteException exception) when (exception.IsDiskTrouble)
        {
            Rollback();
            var refusal = new Refusal(ErrorCode.StorageFull, "the store cannot write: free space on its disk", RetryAfterSeconds: 30);
            foreach (var write in batch) write.Refuse(refusal);
        }
        catch (Exception exception) when (exception is not SqliteException { IsDamage: true })
        {
            // One write is wrong: it alone fails, the others of its batch do not.
            Rollback();
            if (batch.Count == 1) batch[0].Fail(exception);
            else foreach (var write in batch) Commit([write]);
        }
    }

    private void CommitTogether(List<PendingWrite> batch)
    {
        // A synced commit carries every earlier unsynced one with it: the log is one file.
        var wanted = batch.Exists(w => w.Durability == Durability.Full) ? Durability.Full : Durability.Normal;
        if (wanted != level) writer.Script($"PRAGMA synchronous={(level = wanted) switch { Durability.Full => "FULL", _ => "NORMAL" }}");
        writer.Execute("BEGIN IMMEDIATE");
        foreach (var write in batch) write.Run(writer);
        writer.Execute("COMMIT");
    }

    private void Rollback()
    {
        // SQLite has rolled back by itself after some errors (a full disk among them).
        if (writer.InTransaction) writer.Execute("ROLLBACK");
    }
}

namespace FedAi.Daemon.Store;

/// <summary>
/// Writes on their way to the writer thread, which is woken once a batch: by the first that comes, and while it waits for company only by one
/// that is in a hurry. A wake-up per write costs requests more than the write itself.
/// </summary>
internal sealed class WriteQueue(int limit, int batchLimit, TimeSpan linger)
{
    private readonly object gate = new();
    private readonly Queue<PendingWrite> writes = new();
    private int hurried;
    private bool closed;

    /// <summary>Never waits.</summary>
    public WriteQueueAnswer Add(PendingWrite write)
    {
        lock (gate)
        {
            if (closed) return WriteQueueAnswer.Closed;
            if (writes.Count >= limit) return WriteQueueAnswer.Full;
            writes.Enqueue(write);
            if (write.Hurry) hurried++;
            if (writes.Count == 1 || (write.Hurry && hurried == 1) || writes.Count == batchLimit) Monitor.Pulse(gate);
            return WriteQueueAnswer.Queued;
        }
    }

    /// <summary>Takes no more; what is in it can still be taken.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Waits for a first write and, as long as nobody is in a hurry, for the linger time; false when it is closed and empty.</summary>
    public bool Take(List<PendingWrite> batch)
    {
        lock (gate)
        {
            while (writes.Count == 0 && !closed) Monitor.Wait(gate);
            if (hurried == 0 && writes.Count < batchLimit && !closed) Monitor.Wait(gate, linger);
            while (batch.Count < batchLimit && writes.TryDequeue(out var write))
            {
                batch.Add(write);
                if (write.Hurry) hurried--;
            }

            // What a slow moment of the disk needed is given back.
            if (writes.Count == 0 && writes.Capacity > 4 * batchLimit) writes.TrimExcess();
            return batch.Count > 0;
        }
    }
}

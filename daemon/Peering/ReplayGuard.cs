using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Remembers nonces per key for the clock window, in memory, and keeps the durable floor of DECISIONS E8, so that nothing
/// admitted once is admitted again: not after <c>kill -9</c>, not after a power cut. Called after the signature check only.
/// </summary>
internal sealed class ReplayGuard(ReplayTable table, TimeProvider time)
{
    /// <summary>About 100 bytes each: 200 MB at most. At 2,000 requests a second the window of ten minutes holds 1.2 million.</summary>
    private const int MaxRemembered = 2_000_000;

    /// <summary>In memory, with the room that a growing set has to spare.</summary>
    private const int BytesEach = 50;

    private readonly Lock gate = new();
    private readonly Dictionary<long, HashSet<UInt128>> byMinute = [];
    private int remembered;
    private long released;
    private long floorMs;
    private long refusedUpToMs = long.MinValue;
    private Task<Refusal?>? raising;

    /// <summary>About how much of what was remembered for minutes is garbage by now, of which a count of allocations knows nothing.</summary>
    public long ReleasedBytes => Interlocked.Read(ref released);

    /// <summary>Reads what the last run left. After an unclean stop its floor refuses what it may have admitted and forgotten.</summary>
    public async Task RestoreAsync()
    {
        var memory = await table.LoadAsync(time.GetUtcNow().ToUnixTimeMilliseconds() - ReplayRules.WindowMs);
        lock (gate)
        {
            floorMs = memory.FloorMs;
            if (!memory.WasClean) refusedUpToMs = memory.FloorMs;
            foreach (var nonce in memory.Nonces) Remember(nonce);
        }
    }

    /// <summary>Lets go of what the clock window refuses by now; for when nobody asks, too.</summary>
    public void Forget()
    {
        lock (gate) Forget(time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>After the last request: the next start needs to refuse nothing.</summary>
    public Task MarkCleanAsync() => table.MarkCleanAsync();

    /// <summary>Admits a (key, nonce) once; null means admitted.</summary>
    public async ValueTask<Refusal?> AdmitAsync(PublicKey key, string text, double ts)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var nonce = ReplayNonce.Of(key, text, ts);
        lock (gate)
        {
            if (ts <= refusedUpToMs) return AfterCrash(now);
            Forget(now);
            if (IsRemembered(nonce.Id))
                return new Refusal(ErrorCode.NonceReused, "This nonce was used before by this key; sign the request anew with a fresh one.");
            if (remembered >= MaxRemembered)
                return new Refusal(ErrorCode.RateLimited, "Too many requests are remembered; try again in a minute.", RetryAfterSeconds: 60);
            Remember(nonce);
        }

        if (await MakeDurableAsync(nonce, ts) is { } notStored) return notStored;
        table.RememberLater(nonce);
        return null;
    }

    /// <summary>Waits until a crash at any later instant could not let this nonce in again.</summary>
    private async ValueTask<Refusal?> MakeDurableAsync(ReplayNonce nonce, double ts)
    {
        while (true)
        {
            Task<Refusal?> write;
            var durability = ReplayDurability.Memory;
            lock (gate)
            {
                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                durability = ReplayRules.Durability(ts, floorMs, now);
                if (durability == ReplayDurability.Memory) return null;
                write = durability == ReplayDurability.RaiseFloor ? RaiseFloor(now) : table.CommitNonceAsync(nonce);
            }

            // A floor that was already rising may end just below this nonce; then it is raised once more.
            if (await write is { } notStored) return notStored;
            if (durability == ReplayDurability.CommitNonce) return null;
        }
    }

    private Task<Refusal?> RaiseFloor(long now)
    {
        // Everyone who comes while the floor rises waits for the same commit.
        if (raising is null or { IsCompleted: true }) raising = RaiseAsync(now + ReplayRules.FloorLeadMs);
        return raising;
    }

    private async Task<Refusal?> RaiseAsync(long floor)
    {
        var failed = await table.CommitFloorAsync(floor);
        if (failed is not null) return failed;
        lock (gate) floorMs = floor;
        return null;
    }

    private Refusal AfterCrash(long now) => new(ErrorCode.ReplayFloor,
        "This daemon was stopped hard and refuses what it may already have answered; sign the request anew in a moment.",
        RetryAfterSeconds: (int)Math.Clamp((refusedUpToMs - now) / 1000 + 1, 1, 60));

    private bool IsRemembered(UInt128 id)
    {
        foreach (var minute in byMinute.Values)
            if (minute.Contains(id)) return true;
        return false;
    }

    private void Remember(ReplayNonce nonce)
    {
        var minute = Minute(nonce.TsMs);
        if (!byMinute.TryGetValue(minute, out var set)) byMinute[minute] = set = [];
        if (set.Add(nonce.Id)) remembered++;
    }

    private void Forget(long now)
    {
        var oldest = Minute(now - ReplayRules.WindowMs);
        foreach (var (minute, set) in byMinute)
        {
            if (minute >= oldest) continue;
            remembered -= set.Count;
            byMinute.Remove(minute);
            Interlocked.Add(ref released, (long)set.Count * BytesEach);
        }
    }

    private static long Minute(long ms) => ms / 60_000;
}

using System.Diagnostics.Metrics;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>
/// The most that this router takes, as its manifest says: jobs in a second (a second's worth may come at once) and jobs at the same time. It is
/// what the machine can do and so holds for everybody, callers on this machine included. A request costs two atomic steps and nothing else;
/// what is refused by its signature uses nothing up.
/// </summary>
internal sealed class JobGate(RouterStanding standing, TimeProvider time)
{
    private static readonly Refusal TooFast = new(ErrorCode.RateLimited, "This router has as many requests in this second as it takes; ask again in a moment, or ask another router.", RetryAfterSeconds: 1);
    private static readonly Refusal TooMany = new(ErrorCode.RateLimited, "This router answers as many requests at once as it takes; ask again in a moment, or ask another router.", RetryAfterSeconds: 2);

    private static readonly Meter Meter = new("FedAi.Router");
    private static readonly Counter<long> Limited = Meter.CreateCounter<long>("fedai.router.limited", description: "Requests refused because of the manifest's limits, by limit.");

    private readonly CapacityGate places = new(standing.MaxJobs);
    private readonly long second = time.TimestampFrequency;
    private readonly long apart = (long)(time.TimestampFrequency / standing.MaxPerSecond);

    /// <summary>When the next request would come if all had come evenly.</summary>
    private long next = time.GetTimestamp() - time.TimestampFrequency;

    public int Running => places.Running;

    /// <summary>Takes a place; null when there is one, and then the caller must <see cref="Leave"/>.</summary>
    public Refusal? TryEnter()
    {
        if (!places.TryEnter()) return Refuse(TooMany, "jobs");
        if (IsInTime()) return null;
        places.Leave();
        return Refuse(TooFast, "qps");
    }

    public void Leave() => places.Leave();

    private bool IsInTime()
    {
        while (true)
        {
            var (now, due) = (time.GetTimestamp(), Volatile.Read(ref next));
            var start = Math.Max(due, now);
            if (start + apart - now > second) return false;
            if (Interlocked.CompareExchange(ref next, start + apart, due) == due) return true;
        }
    }

    private static Refusal Refuse(Refusal refusal, string limit)
    {
        Limited.Add(1, new KeyValuePair<string, object?>("limit", limit));
        return refusal;
    }
}

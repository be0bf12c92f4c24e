using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>The last steps that this daemon took for requests, in memory only, for <c>fedai trace</c>. The oldest make room.</summary>
internal sealed class RequestTraces(TimeProvider time)
{
    /// <summary>About a megabyte and the names of models, from the first request on: days of a small router, some seconds of a busy one.</summary>
    private const int Most = 8192;

    private readonly Lock gate = new();
    private TraceStep[]? steps;
    private long added;

    /// <summary>A price was told, or a router told one.</summary>
    public void Quoted(string requestId, PublicKey peer, string model, long priceMsat) =>
        Add(new TraceStep(requestId, TraceKind.Quote, peer, model, NowMs(), 0) { Done = true, PriceMsat = priceMsat });

    /// <summary>A request was sent to a peer and is over: it was answered (no refusal and done), refused, or the asker left.</summary>
    public void Asked(string requestId, PublicKey peer, string model, TimeSpan took, bool done, Refusal? refusal) =>
        Add(new TraceStep(requestId, TraceKind.Dispatch, peer, model, NowMs() - (long)took.TotalMilliseconds, (long)took.TotalMilliseconds) { Done = done, Refusal = refusal?.Code });

    /// <summary>What is remembered of a request, the oldest first.</summary>
    public IReadOnlyList<TraceStep> Find(string requestId)
    {
        lock (gate)
        {
            var first = Math.Max(0, added - Most);
            var found = new List<TraceStep>();
            for (var i = first; i < added; i++)
                if (steps![i % Most] is var step && step.RequestId == requestId) found.Add(step);
            return found;
        }
    }

    private void Add(TraceStep step)
    {
        lock (gate) (steps ??= new TraceStep[Most])[added++ % Most] = step;
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}

using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Gateway;

/// <summary>Proofs of the last requests, in memory only because they hold answers, for ten minutes and within bounds (DECISIONS E5).</summary>
internal sealed class ProofStore(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>A usual proof has 2 KiB, the largest answer 30 MiB; the oldest make room.</summary>
    public const long MaxBytes = 64 << 20;

    private readonly Lock gate = new();
    private readonly Dictionary<string, byte[]> byRequest = new(StringComparer.Ordinal);
    private readonly Queue<(string RequestId, DateTimeOffset Ends)> oldestFirst = new();
    private long bytes;

    public int Count
    {
        get
        {
            lock (gate)
            {
                Prune();
                return byRequest.Count;
            }
        }
    }

    public void Add(InferenceRequest request, SignedResult result)
    {
        var proof = ProofRules.Write(request, result);
        lock (gate)
        {
            if (!byRequest.TryAdd(request.RequestId, proof)) return;
            oldestFirst.Enqueue((request.RequestId, time.GetUtcNow() + Lifetime));
            bytes += proof.Length;
            Prune();
        }
    }

    /// <summary>The proof as JSON, or null when there is none any more.</summary>
    public byte[]? Find(string requestId)
    {
        lock (gate)
        {
            Prune();
            return byRequest.GetValueOrDefault(requestId);
        }
    }

    private void Prune()
    {
        var now = time.GetUtcNow();
        while (oldestFirst.TryPeek(out var oldest) && (oldest.Ends <= now || bytes > MaxBytes))
        {
            oldestFirst.Dequeue();
            byRequest.Remove(oldest.RequestId, out var proof);
            bytes -= proof!.Length;
        }
    }
}

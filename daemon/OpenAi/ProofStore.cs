using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.OpenAi;

/// <summary>Proofs of the last requests, in memory only because they hold answers, for ten minutes and within bounds (DECISIONS E5).</summary>
internal sealed class ProofStore(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>A usual proof has 2 KiB, the largest answer 30 MiB; the oldest make room.</summary>
    public const long MaxBytes = 64 << 20;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (byte[] Proof, PublicKey? Owner)> byRequest = new(StringComparer.Ordinal);
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

    /// <summary>Keeps the proof for the owner of the key that asked; null is whoever asks on this machine.</summary>
    public void Add(InferenceRequest request, SignedResult result, PublicKey? owner)
    {
        var proof = ProofRules.Write(request, result);
        lock (gate)
        {
            if (!byRequest.TryAdd(request.RequestId, (proof, owner))) return;
            oldestFirst.Enqueue((request.RequestId, time.GetUtcNow() + Lifetime));
            bytes += proof.Length;
            Prune();
        }
    }

    /// <summary>The proof as JSON; null when there is none any more, or it is somebody else's: it holds an answer.</summary>
    public byte[]? Find(string requestId, PublicKey? owner)
    {
        lock (gate)
        {
            Prune();
            return byRequest.TryGetValue(requestId, out var kept) && Equals(kept.Owner, owner) ? kept.Proof : null;
        }
    }

    /// <summary>What the node signed of a request, whoever asked it: no answer is in it.</summary>
    public MeteringRow? Metering(string requestId)
    {
        (byte[] Proof, PublicKey? Owner) kept;
        lock (gate)
            if (!byRequest.TryGetValue(requestId, out kept)) return null;
        return ProofRules.Check(kept.Proof) is { Record: { } record, Node: { } node } ? MeteringRows.Of(record, node, kept.Owner?.Npub, default) : null;
    }

    private void Prune()
    {
        var now = time.GetUtcNow();
        while (oldestFirst.TryPeek(out var oldest) && (oldest.Ends <= now || bytes > MaxBytes))
        {
            oldestFirst.Dequeue();
            byRequest.Remove(oldest.RequestId, out var kept);
            bytes -= kept.Proof.Length;
        }
    }
}

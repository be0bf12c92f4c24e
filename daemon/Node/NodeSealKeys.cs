using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Node;

/// <summary>
/// The keys that requests are sealed to (DECISIONS E11): in memory only, a new one every hour, the one before it good for a
/// little longer, then wiped. What was sealed to a key that is gone nobody can read any more, this node included.
/// </summary>
internal sealed class NodeSealKeys(NodeIdentity identity, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Longer than a quote is good for, so that nobody meets a closed door who asked in time.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <summary>Requests whose keys of one use are remembered per seal key, 32 bytes each: 70 requests a second for an hour. After them the key is replaced early.</summary>
    private const int MaxUses = 1 << 18;

    private readonly Lock gate = new();
    private Key? current;
    private Key? previous;

    /// <summary>The key to seal to now, signed by this node.</summary>
    public NodeSealKey Current
    {
        get
        {
            lock (gate) return Fresh().Announced;
        }
    }

    /// <summary>Opens a request that was sealed to this node; each only once.</summary>
    public bool TryOpen(InferenceRequest outside, [NotNullWhen(true)] out InferenceRequest? request, [NotNullWhen(true)] out SealedAnswerWriter? answer, [NotNullWhen(false)] out Refusal? refusal)
    {
        (request, answer, refusal) = (null, null, null);
        if (outside.NodeKeyId != identity.NodeId)
        {
            refusal = new Refusal(ErrorCode.SealInvalid, "This request is sealed to another node.");
            return false;
        }

        // All of it inside, so that no key is wiped while it is used: about 0.1 ms.
        lock (gate)
        {
            var newest = Fresh();
            if (new[] { newest, previous }.FirstOrDefault(key => key is not null && key.Kid == outside.Sealed!.Kid) is not { } key)
            {
                refusal = new Refusal(ErrorCode.SealKeyExpired, "This request is sealed to a key that this node has no longer; seal it to the one given here.", Node: newest.Announced);
                return false;
            }

            if (!SealedRequests.TryOpen(outside, key.Secret, out request, out answer, out refusal)) return false;
            if (key.Seen.Add(Hex32.From(answer.Encapsulated.Span))) return true;
            (request, answer) = (null, null);
            refusal = new Refusal(ErrorCode.SealReused, "This sealed request was taken before; seal it anew.");
            return false;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            current?.Secret.Dispose();
            previous?.Secret.Dispose();
        }
    }

    private Key Fresh()
    {
        var now = time.GetUtcNow();
        previous = Kept(previous, now);
        var newest = Kept(current, now);
        if (newest is not null && now < newest.Ends - Grace) return newest;
        previous?.Secret.Dispose();
        previous = newest;
        return current = Create(now);
    }

    /// <summary>The key, unless its time is over or it is used up: then it is wiped.</summary>
    private static Key? Kept(Key? key, DateTimeOffset now)
    {
        if (key is null || (now < key.Ends && key.Seen.Count < MaxUses)) return key;
        key.Secret.Dispose();
        return null;
    }

    private Key Create(DateTimeOffset now)
    {
        var secret = X25519Key.Generate();
        var key = new SealKey
        {
            Kid = Convert.ToHexStringLower(SHA256.HashData(secret.PublicKey).AsSpan(0, 8)),
            Suite = SealKeys.Suite,
            PublicKey = Convert.ToBase64String(secret.PublicKey),
            NotBeforeMs = now.ToUnixTimeMilliseconds(),
            ExpiresAtMs = (now + Lifetime + Grace).ToUnixTimeMilliseconds(),
        };
        using var signed = JsonDocument.Parse(EnvelopeSealer.Seal(key, ProtocolJson.Default.SealKey, identity.Key, key.NotBeforeMs));
        return new Key(key.Kid, secret, new NodeSealKey { KeyId = identity.NodeId, SealKey = signed.RootElement.Clone() }, now + Lifetime + Grace);
    }

    private sealed record Key(string Kid, X25519Key Secret, NodeSealKey Announced, DateTimeOffset Ends)
    {
        /// <summary>The senders' keys of one use, so that none is taken twice.</summary>
        public HashSet<Hex32> Seen { get; } = [];
    }
}

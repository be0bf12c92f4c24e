using System.Text.Json.Serialization.Metadata;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>
/// The one way into the daemon for signed requests (ARCHITECTURE §4, step 8): size → rate by address → shape → clock →
/// who may → signature → rate by key → replay. Cheap checks come first; what remembers comes after the signature.
/// </summary>
internal sealed class EnvelopeGate(ReplayGuard replay, GateLimits limits, HttpOptions http, TimeProvider time)
{
    /// <summary>Longer nonces only cost hashing; every known client sends a UUID or 32 hex digits.</summary>
    private const int MaxNonceChars = 128;

    private static readonly Refusal TooOften = new(ErrorCode.RateLimited, "Too many requests; wait before the next one.", RetryAfterSeconds: 1);

    /// <summary>Reads and checks the request's envelope; <paramref name="allow"/> says whether this key may ask for this at all.</summary>
    public async ValueTask<Admission<T>> AdmitAsync<T>(HttpContext context, JsonTypeInfo<T> type, Func<PublicKey, Refusal?> allow) where T : class
    {
        // Size by the header alone, before anything is read; what lies about its size is cut off while reading.
        if (context.Request.ContentLength > http.MaxRequestBytes) return Admission<T>.Refused(RequestBody.TooLarge);

        if (Admits(context) is { } tooOften) return Admission<T>.Refused(tooOften);

        var (body, unreadable) = await RequestBody.ReadAsync(context, http.MaxRequestBytes);
        if (unreadable is not null) return Admission<T>.Refused(unreadable);
        await Turns.Next();
        return await AdmitAsync(context, body, type, allow);
    }

    /// <summary>Whether this address may ask now; for requests that say later, and not in their body, who asks.</summary>
    public Refusal? Admits(HttpContext context) =>
        PeerAddress.IsLocal(context) || limits.Admits(context.Connection.RemoteIpAddress!) ? null : TooOften;

    /// <summary>The same for an envelope that has been read already.</summary>
    public async ValueTask<Admission<T>> AdmitAsync<T>(HttpContext context, ReadOnlyMemory<byte> body, JsonTypeInfo<T> type, Func<PublicKey, Refusal?> allow) where T : class
    {
        if (!EnvelopeSealer.TryOpen(body, out var envelope, out var refusal)) return Admission<T>.Refused(refusal);
        if (!envelope.TryRead(type, out var payload, out refusal)) return Admission<T>.Refused(refusal);
        if (envelope.Nonce.Length > MaxNonceChars)
            return Admission<T>.Refused(new Refusal(ErrorCode.InvalidEnvelope, "The nonce is too long.", [$"nonce: at most {MaxNonceChars} characters"]));

        if (!ReplayRules.InWindow(envelope.Ts, time.GetUtcNow().ToUnixTimeMilliseconds()))
            return Admission<T>.Refused(new Refusal(ErrorCode.TsOutOfWindow, "The timestamp is more than five minutes from this daemon's clock; check the time of your machine."));
        if (allow(envelope.Key) is { } unwelcome) return Admission<T>.Refused(unwelcome);
        if (!envelope.VerifySignature()) return Admission<T>.Refused(new Refusal(ErrorCode.InvalidSignature, "The signature does not hold for this payload and keyId."));
        if (!PeerAddress.IsLocal(context) && !limits.Admits(envelope.Key)) return Admission<T>.Refused(TooOften, envelope.Key);
        if (await replay.AdmitAsync(envelope.Key, envelope.Nonce, envelope.Ts) is { } replayed) return Admission<T>.Refused(replayed, envelope.Key);
        return new Admission<T>(envelope.Key, payload, envelope.Wire, envelope.Nonce, null);
    }
}

using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>
/// Takes a registered node's signed manifest from the identity it speaks of, and only a newer one than before (DECISIONS E15). A
/// stranger's, a malformed or an oversized manifest changes nothing (WIRE W-2).
/// </summary>
internal sealed class ManifestIntake(RouterAdmission admit, NodeDirectory nodes, GateLimits limits, TimeProvider time)
{
    /// <summary>An honest manifest has 1 to 20 KiB, relay snapshot included.</summary>
    private const int MaxBytes = 64 * 1024;

    private const long MaxAheadMs = 300_000;

    /// <summary>Whose it is, if its signature holds; the refusal; or null, and then why the manifest is kept but its bands do not count, if so.</summary>
    public async Task<(PublicKey? Key, Refusal? Refusal, string? Ignored)> TakeAsync(HttpContext context)
    {
        if (!PeerAddress.IsLocal(context) && !limits.Admits(context.Connection.RemoteIpAddress!))
            return (null, new Refusal(ErrorCode.RateLimited, "Too many requests; wait before the next one.", RetryAfterSeconds: 1), null);

        var (body, unreadable) = await RequestBody.ReadAsync(context, MaxBytes);
        if (unreadable is not null) return (null, unreadable, null);

        var (manifest, key, refusal) = Manifests.Open(body.Span, ProtocolJson.Default.NodeManifest);
        if (refusal is not null) return (key, refusal, null);
        if (admit.Node(context, key!) is { } unwelcome) return (key, unwelcome, null);

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (manifest!.IssuedAtMs > now + MaxAheadMs)
            return (key, new Refusal(ErrorCode.InvalidManifest, "The manifest is dated in the future; check the clock of its machine."), null);
        // Whoever is no node here has nothing to be ranked by, and free keys would fill the store.
        if (nodes.Find(key!) is null) return (key, new Refusal(ErrorCode.NodeNotAllowed, "No node of this key is registered here: register it first, then send its manifest."), null);
        return await nodes.ClaimAsync(key!, manifest, CanonicalJson.Of(body.Span)!) is { } notKept ? (key, notKept, null) : (key, null, nodes.Find(key!)?.Claim?.Ignored);
    }
}

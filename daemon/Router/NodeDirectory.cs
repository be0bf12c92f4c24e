using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Router;

/// <summary>
/// The nodes this router knows, by key, as one immutable snapshot. A nodeId belongs to the first key that registered it
/// (DECISIONS E6). What was acknowledged is in the store first (E9); plain heartbeats only move the clock.
/// </summary>
internal sealed class NodeDirectory(NodeTable table, ManifestTable manifests, SchedulerOptions scheduler, HttpOptions http, NodeChannels channels, TimeProvider time)
{
    /// <summary>Ranking so many takes some milliseconds; the next one is told to find another router.</summary>
    private const int MaxNodes = 10_000;

    private const int MaxNodeIdBytes = 128;
    private const int MaxCapabilities = 64;

    /// <summary>An honest registration has 1 to 20 KiB, and ten thousand of them are kept.</summary>
    private const int MaxRegistrationBytes = 64 * 1024;

    private readonly Lock gate = new();
    private volatile IReadOnlyList<NodeEntry> current = [];

    /// <summary>Raised after the set of nodes or their models changed: the announcement follows it.</summary>
    public event Action? Changed;

    public IReadOnlyList<NodeEntry> Current => current;

    /// <summary>Brings back the nodes of the last run; they count as seen when they were, so the silent ones stay inactive.</summary>
    public void Restore()
    {
        lock (gate) current = [.. table.Load().Select(FromRow).OfType<NodeEntry>()];
    }

    private long WindowMs => scheduler.HeartbeatWindowSeconds * 1000L;

    private long CooldownMs => scheduler.CooldownSeconds * 1000L;

    /// <summary>The node of this key; null when it never registered.</summary>
    public NodeEntry? Find(PublicKey key) => current.FirstOrDefault(node => node.Key.Equals(key));

    /// <summary>The nodes for a request, best first: the decision that every job and quote waits for, so its time is measured.</summary>
    public RankedNodes Rank(InferenceRequest request, long inputTokensEstimate)
    {
        var began = time.GetTimestamp();
        var ranked = NodePrivacyPolicy.Rank(current, request, inputTokensEstimate, time.GetUtcNow().ToUnixTimeMilliseconds());
        NodeMetrics.Decided(time.GetElapsedTime(began));
        return ranked;
    }

    /// <summary>Takes a signed registration or heartbeat; null when it was taken and, where it said something new, stored.</summary>
    public async ValueTask<Refusal?> RegisterAsync(PublicKey key, NodeDescriptor descriptor, ReadOnlyMemory<byte> envelope)
    {
        if (descriptor.KeyId != key.Npub)
            return new Refusal(ErrorCode.KeyIdMismatch, "payload.keyId must be the npub that signed the envelope.");
        if (descriptor.NodeId.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(descriptor.NodeId) > MaxNodeIdBytes)
            return new Refusal(ErrorCode.InvalidRequest, $"nodeId must have 1 to {MaxNodeIdBytes} bytes.");
        if (envelope.Length > MaxRegistrationBytes)
            return new Refusal(ErrorCode.PayloadTooLarge, $"A registration may have {MaxRegistrationBytes / 1024} KiB.");
        if (descriptor.Capabilities.Count > MaxCapabilities)
            return new Refusal(ErrorCode.InvalidRequest, $"At most {MaxCapabilities} capabilities can be registered.");
        var (endpoint, unfit) = EndpointOf(key, descriptor);
        if (unfit is not null) return unfit;

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        NodeEntry? known;
        lock (gate)
        {
            if (current.Any(node => node.Descriptor.NodeId == descriptor.NodeId && !node.Key.Equals(key))) return Taken;
            known = current.FirstOrDefault(node => node.Key.Equals(key));
            if (known is null && current.Count >= MaxNodes)
                return new Refusal(ErrorCode.RateLimited, "This router is full; register at another one.", RetryAfterSeconds: 600);
        }

        var news = known is null || !SaysTheSame(known.Descriptor, descriptor);
        if (news && await table.SaveAsync(new NodeRow(key.Npub, descriptor.NodeId, envelope.ToArray(), now), Durability.Full) is { } notStored) return notStored;

        lock (gate)
        {
            // The store decides between two keys that claim one nodeId in the same moment; this is only its image.
            var before = current.FirstOrDefault(node => node.Key.Equals(key));
            // A connection that ended meanwhile was not found by Lose.
            var seen = endpoint!.Channel is { Closed.IsCancellationRequested: true } ? 0 : now;
            var entry = new NodeEntry(key, endpoint, descriptor, seen, before?.Load ?? new PeerLoad()) { Claim = before is null ? StoredClaim(key) : before.Claim, WindowMs = WindowMs, CooldownMs = CooldownMs };
            current = [.. current.Where(node => !node.Key.Equals(key)), entry];
        }

        if (news || !known!.IsActive(now)) Changed?.Invoke();
        return null;
    }

    /// <summary>Keeps the newest manifest of a registered node; null when it is in the store, and counts from now on.</summary>
    public async Task<Refusal?> ClaimAsync(PublicKey key, NodeManifest manifest, byte[] canonical)
    {
        if (await manifests.SaveAsync(key.Npub, manifest.IssuedAtMs ?? 0, canonical) is { } refusal) return refusal;
        lock (gate) current = [.. current.Select(node => node.Key.Equals(key) ? node with { Claim = StoredClaim(key) } : node)];
        return null;
    }

    /// <summary>Nodes that are kept out by now are forgotten, and their connections end: nothing is asked of them any more.</summary>
    public void Forget(Func<PublicKey, bool> isKeptOut)
    {
        bool changed;
        lock (gate)
        {
            changed = current.Any(node => isKeptOut(node.Key));
            current = [.. current.Where(node => !isKeptOut(node.Key))];
        }

        channels.Close(isKeptOut);
        if (changed) Changed?.Invoke();
    }

    /// <summary>The node's channel ended: it is not chosen any more until it registers over another one.</summary>
    public void Lose(PeerChannel channel)
    {
        lock (gate)
        {
            if (current.FirstOrDefault(node => node.Endpoint.Channel == channel) is not { } lost) return;
            current = [.. current.Where(node => node != lost), lost with { SeenAtMs = 0 }];
        }

        Changed?.Invoke();
    }

    private (PeerEndpoint? Endpoint, Refusal? Refusal) EndpointOf(PublicKey key, NodeDescriptor descriptor)
    {
        if (descriptor.Endpoint == ChannelHandshake.Endpoint)
        {
            return channels.Find(key) is { } channel
                ? (new PeerEndpoint(new Uri(ChannelHandshake.Endpoint), Channel: channel), null)
                : (null, new Refusal(ErrorCode.NodeUnreachable, $"There is no connection of this node here; open one with GET /{ChannelHandshake.Path}, then register."));
        }

        var unfit = AddressPolicy.CheckEndpoint(descriptor.Endpoint, http.AllowPrivate, out var address);
        return unfit is null ? (new PeerEndpoint(address!, descriptor.TlsSpki), null) : (null, unfit);
    }

    private NodeEntry? FromRow(NodeRow row) =>
        EnvelopeSealer.TryOpen(row.Envelope, out var envelope, out _)
        && envelope.TryRead(ProtocolJson.Default.NodeDescriptor, out var descriptor, out _)
        && EndpointOf(envelope.Key, descriptor).Endpoint is { } endpoint
            ? new NodeEntry(envelope.Key, endpoint, descriptor, row.SeenMs, new PeerLoad()) { Claim = StoredClaim(envelope.Key), WindowMs = WindowMs, CooldownMs = CooldownMs }
            : null;

    /// <summary>From the store, which is the one that knows which manifest is the newest.</summary>
    private NodeClaim? StoredClaim(PublicKey key) =>
        manifests.Find(key.Npub) is { } stored && Manifests.Open(stored, ProtocolJson.Default.NodeManifest).Manifest is { } manifest
            ? new NodeClaim(manifest.CapabilityBands, manifest.Limits.MaxPayloadBytes, scheduler.ManifestDecaySamples)
            {
                Ignored = scheduler.RelaySnapshotRequired ? SnapshotRules.Problem(manifest.RelayDiscovery, time.GetUtcNow(), scheduler.RelaySnapshotMaxAgeHours) : null,
            }
            : null;

    private static Refusal Taken { get; } = new(ErrorCode.NodeIdTaken, "This nodeId belongs to another key; choose another one (your npub is always free).");

    private static bool SaysTheSame(NodeDescriptor old, NodeDescriptor next) =>
        old.NodeId == next.NodeId && old.Endpoint == next.Endpoint && old.Region == next.Region
        && old.Capacity.MaxConcurrent == next.Capacity.MaxConcurrent
        && old.Capabilities.SequenceEqual(next.Capabilities, CapabilityComparer.Instance)
        && (old.Features ?? []).SequenceEqual(next.Features ?? [])
        && (old.TlsSpki ?? []).SequenceEqual(next.TlsSpki ?? []);
}

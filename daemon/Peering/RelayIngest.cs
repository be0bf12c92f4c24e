using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Peering;

/// <summary>
/// The checks an event from a relay goes through, cheap ones first, and whatever remembers last (ARCHITECTURE §4). Copies
/// are recognised by the ids of verified events only, so a forged copy cannot hide the real one.
/// </summary>
internal sealed class RelayIngest(ControlMessageHandler handler, TrustScores trust, FederationNetwork network, Hex32? own, TimeProvider clock)
{
    /// <summary>How far ahead of our clock an event may be, in seconds; as much as relays allow.</summary>
    private const int MaxSecondsAhead = 600;

    /// <summary>Verified ids remembered: some hours of a large federation, about 5 MB.</summary>
    private const int RememberedEvents = 32_768;

    private readonly SeenEvents seen = new(RememberedEvents);

    /// <summary>Takes an event that nobody has checked yet. For one thread.</summary>
    public IngestVerdict Take(NostrEvent candidate)
    {
        if (seen.Contains(candidate.Id)) return IngestVerdict.Duplicate;
        var verdict = Judge(candidate, out var message);
        if (verdict is not IngestVerdict.Taken) return verdict;
        if (!candidate.Verify()) return IngestVerdict.InvalidSignature;
        seen.Add(candidate.Id);
        return Handle(candidate, message!);
    }

    /// <summary>Takes an event whose id and signature were checked already, as by our own relay. From any thread.</summary>
    public IngestVerdict TakeVerified(NostrEvent verified)
    {
        var verdict = Judge(verified, out var message);
        return verdict is IngestVerdict.Taken ? Handle(verified, message!) : verdict;
    }

    private IngestVerdict Judge(NostrEvent candidate, out ControlEvent? message)
    {
        message = null;
        if (FedAiKinds.TypeOf(candidate.Kind) is null) return IngestVerdict.Foreign;
        if (candidate.Author == own) return IngestVerdict.Own;
        switch (trust.Judge(candidate.Author))
        {
            case PeerStanding.Blocked: return IngestVerdict.Blocked;
            case PeerStanding.Muted: return IngestVerdict.Muted;
            case PeerStanding.NotAllowed: return IngestVerdict.NotAllowed;
            case PeerStanding.Distrusted: return IngestVerdict.Distrusted;
        }

        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (candidate.CreatedAt > now + MaxSecondsAhead) return IngestVerdict.Ahead;
        if (candidate.ExpirationSeconds <= now) return IngestVerdict.Expired;
        if (!ControlEvents.TryParse(candidate, out message, out var problem))
            return problem is ControlEventProblem.UnsupportedKind or ControlEventProblem.MissingExpiry ? IngestVerdict.Foreign : IngestVerdict.Malformed;
        if ((message.Network ?? network.Name) != network.Name) return IngestVerdict.OtherNetwork;
        // An announcement whose own time is over may still end the one before it (DECISIONS E14).
        if (message.ExpiryMs / 1000 < now && !NostrKinds.IsAddressable(candidate.Kind)) return IngestVerdict.Expired;
        return IngestVerdict.Taken;
    }

    private IngestVerdict Handle(NostrEvent verified, ControlEvent message)
    {
        Span<byte> key = stackalloc byte[Hex32.Bytes];
        verified.Author.CopyTo(key);
        return PublicKey.TryCreate(key, out var author) ? handler.Handle(author, message) : IngestVerdict.InvalidSignature;
    }
}

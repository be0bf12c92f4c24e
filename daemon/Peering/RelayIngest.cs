using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Peering;

/// <summary>
/// The checks an event from a relay goes through, cheap ones first, and whatever remembers last (ARCHITECTURE §4). Copies
/// are recognised by the ids of verified events only, so a forged copy cannot hide the real one.
/// </summary>
internal sealed class RelayIngest(ControlMessageHandler handler, TrustScores trust, FederationNetwork network, Hex32? own, TimeProvider clock, FilterRateOptions? rate = null)
{
    /// <summary>How far ahead of our clock an event may be, in seconds: as much as most relays allow, and room for a clock that is ten minutes off.</summary>
    private const int MaxSecondsAhead = 900;

    /// <summary>Verified ids remembered: some hours of a large federation, about 5 MB.</summary>
    private const int RememberedEvents = 32_768;

    /// <summary>Signatures that one relay may make us check at once: twice what we ask it to have stored…</summary>
    private const int RelayBurst = 5_000;

    /// <summary>…and every second after that: a hundredth of a core for each relay that sends nothing but forgeries.</summary>
    private const double RelayPerSecond = 200;

    /// <summary>Relays whose budget is kept; more than the pool ever holds at once.</summary>
    private const int MaxRelays = 256;

    private readonly SeenEvents seen = new(RememberedEvents);
    private readonly RelayAuthors authors = new(clock, rate ?? new FilterRateOptions());
    private readonly Dictionary<Uri, RelayBudget> budgets = [];

    /// <summary>Raised for every event that told something new, on the thread that brought it.</summary>
    public event Action<NostrEvent>? Taken;

    /// <summary>
    /// Takes an event that nobody has checked yet. For one thread. <paramref name="relay"/> brought it and pays for the check of its
    /// signature; null: it comes from our own store.
    /// </summary>
    public IngestVerdict Take(NostrEvent candidate, Uri? relay = null)
    {
        if (seen.Contains(candidate.Id)) return IngestVerdict.Duplicate;
        var verdict = Judge(candidate, out var message);
        if (verdict is not IngestVerdict.Taken) return verdict;
        var (author, spent) = authors.Find(candidate.Author, candidate.Kind);
        if (spent) return IngestVerdict.AuthorTooOften;
        if (relay is not null && !BudgetOf(relay).TryTake()) return IngestVerdict.RelayTooOften;
        if ((author is null && !candidate.Author.TryGetKey(out author)) || !candidate.Verify(author)) return IngestVerdict.InvalidSignature;
        if (!authors.TryTake(author, candidate.Kind)) return IngestVerdict.AuthorTooOften;
        seen.Add(candidate.Id);
        return Handle(candidate, author, message);
    }

    /// <summary>Takes an event whose id and signature were checked already, as by our own relay. From any thread.</summary>
    public IngestVerdict TakeVerified(NostrEvent verified)
    {
        var verdict = Judge(verified, out var message);
        if (verdict is not IngestVerdict.Taken) return verdict;
        var (author, _) = authors.Find(verified.Author, verified.Kind);
        if (author is null && !verified.Author.TryGetKey(out author)) return IngestVerdict.InvalidSignature;
        return authors.TryTake(author, verified.Kind) ? Handle(verified, author, message) : IngestVerdict.AuthorTooOften;
    }

    private IngestVerdict Judge(NostrEvent candidate, out ControlEvent? message)
    {
        message = null;
        var deletion = candidate.Kind == NostrKinds.Deletion;
        if (!deletion && FedAiKinds.TypeOf(candidate.Kind) is null) return IngestVerdict.Foreign;
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
        if (deletion) return IngestVerdict.Taken;
        if (!ControlEvents.TryParse(candidate, out message, out var problem))
            return problem is ControlEventProblem.UnsupportedKind or ControlEventProblem.MissingExpiry ? IngestVerdict.Foreign
                : problem is ControlEventProblem.TooLarge ? IngestVerdict.TooLarge
                : IngestVerdict.Malformed;
        if ((message.Network ?? network.Name) != network.Name) return IngestVerdict.OtherNetwork;
        // An announcement whose own time is over may still end the one before it (DECISIONS E14).
        if (message.ExpiryMs / 1000 < now && !NostrKinds.IsAddressable(candidate.Kind)) return IngestVerdict.Expired;
        return IngestVerdict.Taken;
    }

    private IngestVerdict Handle(NostrEvent verified, PublicKey author, ControlEvent? message)
    {
        var verdict = message is not null ? handler.Handle(author, message, HeardIn.Of(verified))
            : NostrDeletion.TryRead(verified, out var deletion) ? handler.Handle(author, deletion)
            : IngestVerdict.Foreign;
        if (verdict is IngestVerdict.Taken) Taken?.Invoke(verified);
        return verdict;
    }

    private RelayBudget BudgetOf(Uri relay)
    {
        if (budgets.TryGetValue(relay, out var budget)) return budget;
        if (budgets.Count >= MaxRelays) budgets.Clear();
        return budgets[relay] = new RelayBudget(RelayBurst, RelayPerSecond, clock);
    }
}

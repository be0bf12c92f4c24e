using FedAi.Daemon.Store;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>What this daemon has heard, kept over restarts: read back through the same checks as what relays bring.</summary>
internal sealed class HeardAnnouncements(HeardTable table, RelayIngest ingest, TrustScores trust, TimeProvider clock)
{
    /// <summary>Whatever a router says, its word counts no longer than this, in ms: a day if its key is known, else as long as an announcement holds, which honest ones refresh before (DECISIONS E14).</summary>
    public static long LongestWordMs(bool known) => known ? 24 * 3600 * 1000 : AnnouncementBuilder.ValidMs;

    /// <summary>Takes in what the last run heard, and from then on writes down what is new.</summary>
    public void Restore()
    {
        foreach (var value in table.Load()) PeeringMetrics.Count(ingest.Take(value));
        ingest.Taken += Keep;
    }

    /// <summary>Every router that was heard of in the last days, also those whose word has expired: where their relays are, they may still be found.</summary>
    public IReadOnlyList<(PublicKey Router, CapabilityProfile Profile)> Routers() =>
    [
        .. table.Load().Where(value => value.Kind == FedAiKinds.CapsAnnounce).Reverse()
            .Select(value => (Router: value.Author.TryGetKey(out var key) ? key : null, Profile: ControlEvents.TryParse(value, out var message, out _) ? message.Read(ProtocolJson.Default.CapabilityProfile) : null))
            .Where(known => known.Router is not null && known.Profile is not null)
            .Select(known => (known.Router!, known.Profile!)),
    ];

    private void Keep(NostrEvent taken)
    {
        if (NostrDeletion.TryRead(taken, out var deletion)) _ = table.DeleteAsync(deletion);
        else if (NostrKinds.IsAddressable(taken.Kind))
        {
            var known = trust.Vouches(taken.Author);
            _ = table.SaveAsync(taken, Math.Min(EndMs(taken), clock.GetUtcNow().ToUnixTimeMilliseconds() + LongestWordMs(known)), known);
        }
    }

    private static long EndMs(NostrEvent value) => RelayPolicy.EndSeconds(value) is var end && end > long.MaxValue / 1000 ? long.MaxValue : end * 1000;
}

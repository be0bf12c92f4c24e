using System.Collections.Concurrent;
using System.Globalization;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Peering;

/// <summary>Signs this router's announcements, each with a <c>created_at</c> above all before it under the same address, over restarts and clocks set back (ARCHITECTURE D8).</summary>
internal sealed class AnnouncementSigner(KeyPair key, FederationNetwork network, AnnouncementTable table)
{
    /// <summary>How long a withdrawal stays on relays, in seconds (DECISIONS E14): until everyone who is connected has it.</summary>
    private const int WithdrawnSeconds = 60;

    private static readonly string RelayList = NostrKinds.RelayList.ToString(CultureInfo.InvariantCulture) + ':';

    private readonly ConcurrentDictionary<string, long> last = new(table.Load(), StringComparer.Ordinal);

    public IReadOnlyList<ControlEvent> Build(RouterOffer offer, long nowMs) => AnnouncementBuilder.Build(offer, key.PublicKey.Npub, network.Name, nowMs);

    /// <summary>The signed event, its time stored first; or why it could not be stored. The second after it is kept free for the withdrawal.</summary>
    public async Task<(NostrEvent? Signed, Refusal? Refusal)> SignAsync(ControlEvent message)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"{FedAiKinds.KindOf(message.Type)}:{message.Address}");
        var createdAt = Math.Max(message.TimestampMs / 1000, last.GetValueOrDefault(address) + 1);
        if (await table.SaveAsync(address, createdAt + 1) is { } refusal) return (null, refusal);
        last[address] = createdAt + 1;
        return (ControlEvents.Sign(key, message with { TimestampMs = createdAt * 1000 }), null);
    }

    /// <summary>
    /// The list of this router's relays (NIP-65), or why its time could not be stored. While it says the same and is young, it is the same
    /// event, also after a restart: relays know it already.
    /// </summary>
    public async Task<(NostrEvent? Signed, Refusal? Refusal)> SignRelaysAsync(IReadOnlyList<IReadOnlyList<string>> tags, long nowSeconds)
    {
        var address = RelayList + Hashes.Sha256(string.Join('\n', tags.Select(tag => string.Join('\t', tag))))[..16];
        var newest = last.Where(list => list.Key.StartsWith(RelayList, StringComparison.Ordinal)).Select(list => list.Value).DefaultIfEmpty().Max();
        var createdAt = last.GetValueOrDefault(address);
        if (createdAt < newest || createdAt <= nowSeconds - RelayListService.Refresh.TotalSeconds)
        {
            createdAt = Math.Max(nowSeconds, newest + 1);
            if (await table.SaveAsync(address, createdAt) is { } refusal) return (null, refusal);
            last[address] = createdAt;
        }

        return (NostrEvent.Sign(key, NostrKinds.RelayList, createdAt, tags, ""), null);
    }

    /// <summary>Takes an announcement back, at the time kept free for it: a stopping daemon has no time to wait for its disk.</summary>
    public NostrEvent Withdraw(NostrEvent announced, ControlEvent message, long nowMs) =>
        ControlEvents.Sign(key, AnnouncementBuilder.Withdraw(message, nowMs) with { TimestampMs = (announced.CreatedAt + 1) * 1000 }, nowMs / 1000 + WithdrawnSeconds);
}

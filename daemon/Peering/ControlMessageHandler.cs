using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>What verified control messages from relays change here: one switch over their types.</summary>
internal sealed class ControlMessageHandler(RouterDirectory directory, PrivateNetworks allowPrivate)
{
    public IngestVerdict Handle(PublicKey author, ControlEvent message, HeardIn heard) => message.Type switch
    {
        ControlMessageType.CapsAnnounce => HandleCaps(author, message, heard),
        ControlMessageType.PriceAnnounce => HandlePrice(author, message, heard),
        ControlMessageType.StatusAnnounce => HandleStatus(author, message, heard),
        _ => IngestVerdict.Unused,
    };

    /// <summary>Takes back what its author asked to be deleted (NIP-09).</summary>
    public IngestVerdict Handle(PublicKey author, NostrDeletion deletion) => directory.Delete(author, deletion) ? IngestVerdict.Taken : IngestVerdict.Stale;

    private IngestVerdict HandleCaps(PublicKey author, ControlEvent message, HeardIn heard)
    {
        if (message.Read(ProtocolJson.Default.CapabilityProfile) is not { } profile) return IngestVerdict.InvalidPayload;
        if (profile.RouterId != author.Npub) return IngestVerdict.ForeignRouter;
        if (profile.TransportEndpoints is not [var endpoint, ..] || AddressPolicy.CheckEndpoint(endpoint, allowPrivate, out var address) is not null) return IngestVerdict.UnfitEndpoint;
        return Verdict(directory.Observe(new KnownRouter(author, address!, profile, heard.CreatedAt, message.ExpiryMs), heard));
    }

    private IngestVerdict HandlePrice(PublicKey author, ControlEvent message, HeardIn heard)
    {
        if (message.Read(ProtocolJson.Default.PriceSheet) is not { } sheet) return IngestVerdict.InvalidPayload;
        if (sheet.RouterId != author.Npub) return IngestVerdict.ForeignRouter;
        return Verdict(directory.Observe(author, sheet, heard, message.ExpiryMs));
    }

    private IngestVerdict HandleStatus(PublicKey author, ControlEvent message, HeardIn heard)
    {
        if (message.Read(ProtocolJson.Default.StatusPayload) is not { } status) return IngestVerdict.InvalidPayload;
        if (status.RouterId != author.Npub) return IngestVerdict.ForeignRouter;
        return Verdict(directory.Observe(author, status.LoadSummary, heard, message.ExpiryMs));
    }

    private static IngestVerdict Verdict(bool taken) => taken ? IngestVerdict.Taken : IngestVerdict.Stale;
}

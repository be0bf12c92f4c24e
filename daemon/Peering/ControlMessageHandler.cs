using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>What verified control messages from relays change here: one switch over their types.</summary>
internal sealed class ControlMessageHandler(RouterDirectory directory, PrivateNetworks allowPrivate)
{
    public IngestVerdict Handle(PublicKey author, ControlEvent message) => message.Type switch
    {
        ControlMessageType.CapsAnnounce => HandleCaps(author, message),
        ControlMessageType.StatusAnnounce => HandleStatus(author, message),
        _ => IngestVerdict.Unused,
    };

    private IngestVerdict HandleCaps(PublicKey author, ControlEvent message)
    {
        if (message.Read(ProtocolJson.Default.CapabilityProfile) is not { } profile) return IngestVerdict.InvalidPayload;
        if (profile.RouterId != author.Npub) return IngestVerdict.ForeignRouter;
        if (profile.TransportEndpoints is not [var endpoint, ..] || AddressPolicy.CheckEndpoint(endpoint, allowPrivate, out var address) is not null) return IngestVerdict.UnfitEndpoint;
        return directory.Observe(new KnownRouter(author, address!, profile, message.TimestampMs / 1000, message.ExpiryMs)) ? IngestVerdict.Taken : IngestVerdict.Stale;
    }

    private IngestVerdict HandleStatus(PublicKey author, ControlEvent message)
    {
        if (message.Read(ProtocolJson.Default.StatusPayload) is not { } status) return IngestVerdict.InvalidPayload;
        if (status.RouterId != author.Npub) return IngestVerdict.ForeignRouter;
        return directory.Observe(author, status.LoadSummary, message.TimestampMs / 1000) ? IngestVerdict.Taken : IngestVerdict.Stale;
    }
}

using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>What a router has to announce at this moment. Key, times and expiry are put in when it is announced.</summary>
internal sealed record RouterOffer(CapabilityProfile Caps, LoadSummary Load);

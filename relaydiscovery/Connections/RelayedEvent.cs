using FedAi.Protocol.Nostr;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>An event and the relay it came from; not verified yet.</summary>
public readonly record struct RelayedEvent(Uri Relay, NostrEvent Event);

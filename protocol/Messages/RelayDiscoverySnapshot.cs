namespace FedAi.Protocol.Messages;

/// <summary>The relays that discovery found at one moment: the manifest's <c>relay_discovery</c> (WIRE 3.10), and what a daemon remembers of them.</summary>
public sealed record RelayDiscoverySnapshot
{
    public required long DiscoveredAtMs { get; init; }
    public required IReadOnlyList<RelayDescriptor> Relays { get; init; }
    public required RelayDiscoveryOptions Options { get; init; }
}

namespace FedAi.Protocol.Nostr;

/// <summary>What a relay may say to a client (NIP-01, NIP-42).</summary>
public enum RelayFrameType
{
    Event,
    Ok,
    Eose,
    Closed,
    Notice,
    Auth,
}

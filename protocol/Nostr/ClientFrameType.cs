namespace FedAi.Protocol.Nostr;

/// <summary>What a client may say to a relay (NIP-01).</summary>
public enum ClientFrameType
{
    Event,
    Req,
    Close,
}

namespace FedAi.Protocol.Envelopes;

/// <summary>What must be durable before a nonce may be admitted (DECISIONS E8).</summary>
public enum ReplayDurability
{
    /// <summary>Nothing: the durable floor is past its time already.</summary>
    Memory,

    /// <summary>The floor, raised to ten seconds ahead; one sync serves everything until then.</summary>
    RaiseFloor,

    /// <summary>This very nonce: it is dated so far ahead that no floor should be.</summary>
    CommitNonce,
}

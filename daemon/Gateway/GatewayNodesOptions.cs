namespace FedAi.Daemon.Gateway;

/// <summary>The nodes that may read what is sealed to them (privacy level PL2, DECISIONS E11).</summary>
internal sealed record GatewayNodesOptions
{
    /// <summary>Nodes you trust with sealed requests, as <c>npub1…</c> or hex. Default: none.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>The least trust score, 1 to 1000, that does as well: 500 is a key you follow yourself. Lower lets in those whom few vouch for. Default: 400.</summary>
    public int MinTrust { get; init; } = 400;
}

namespace FedAi.Daemon.Node;

/// <summary>Routers that this node finds by itself, on the relays, and serves beside those of node.routers.</summary>
internal sealed record JoinOptions
{
    /// <summary>How many at most; they may ask this node as if they were named. Default: 0, nobody is served that was not named.</summary>
    public int Most { get; init; }

    /// <summary>The least trust score that such a router needs, 1 to 1000: 500 is a key you follow yourself (filter.follow). Lower lets in those whom few vouch for. Default: 400.</summary>
    public int MinTrust { get; init; } = 400;
}

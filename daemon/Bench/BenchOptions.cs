namespace FedAi.Daemon.Bench;

/// <summary>How long benchmarks run, and whom they may ask.</summary>
internal sealed record BenchOptions
{
    /// <summary>Seconds of a node's benchmark. Default: 90; at most 300.</summary>
    public int NodeSeconds { get; init; } = 90;

    /// <summary>Seconds of a router's benchmark, at least 120 and at most 300. Default: 150.</summary>
    public int RouterSeconds { get; init; } = 150;

    /// <summary>What the work is made from: the same seed means the same work, and the same checksum. Default: 42.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Further http, https, ws or wss addresses that the network is measured to, beside node.routers and the configured relays. Default: none; nobody else is asked.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];
}

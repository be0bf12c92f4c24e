namespace FedAi.Daemon.Gateway;

/// <summary>The OpenAI-compatible door on the user's own machine.</summary>
internal sealed record GatewayOptions
{
    /// <summary>Address and port. Default: 127.0.0.1:8484.</summary>
    public string Listen { get; init; } = "127.0.0.1:8484";

    /// <summary>Permits another address than loopback: everybody who reaches it asks in your name. Default: false.</summary>
    public bool AllowNonLoopback { get; init; }

    /// <summary>Whom sealed requests may go to.</summary>
    public GatewayNodesOptions Nodes { get; init; } = new();

    /// <summary>Your own nodes, as <c>npub1…</c> or hex: the only ones that may read a request at PL3, and trusted at PL2 too. Default: none.</summary>
    public IReadOnlyList<string> OwnNodes { get; init; } = [];
}

using FedAi.Daemon.Capability;
using FedAi.Runners.Roles;

namespace FedAi.Daemon.Node;

/// <summary>What this node offers, to whom, and the most it takes.</summary>
internal sealed record NodeOptions
{
    /// <summary>The routers this node serves, as <c>npub1…</c> (address from its announcement) or <c>npub1…@https://host</c>, where <c>#</c> and the hash of its TLS key may follow (fedai status shows it). Default: empty, which serves nobody.</summary>
    public IReadOnlyList<string> Routers { get; init; } = [];

    /// <summary>Routers served beside those named, found on the relays by the trust they have.</summary>
    public JoinOptions Join { get; init; } = new();

    /// <summary>Small roles served beside the model, or without one: prepost_node, policy_node (docs/ROLES.md). Default: none.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>
    /// How routers reach this node. direct: at http.publicEndpoint. reverse: over a connection that this node opens to the router, which
    /// works behind NAT and firewalls. auto: reverse to routers that stand where this node's own address means nothing (loopback to another machine, private to a public one). Default: auto.
    /// </summary>
    public NodeReach Reach { get; init; }

    /// <summary>Coarse place told to routers, such as <c>EU</c>. Default: not told.</summary>
    public string? Region { get; init; }

    /// <summary>The price. Default: free.</summary>
    public PricingOptions Pricing { get; init; } = new();

    /// <summary>Requests at once; one more gets 503. Default: 4, the runner's slots.</summary>
    public int MaxConcurrency { get; init; } = 4;

    /// <summary>Tokens of one answer of a model; a request for more gets 400. Default: 1024.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>UTF-8 bytes of one prompt for a model; a longer one gets 413. Default: 256 KiB.</summary>
    public int MaxPromptBytes { get; init; } = 256 * 1024;

    /// <summary>UTF-8 bytes of one job for a small role, whose result may be as long; a longer one gets 413. Default: 256 KiB, which is the most.</summary>
    public int MaxRoleBytes { get; init; } = RoleRunner.MostJobBytes;

    /// <summary>Milliseconds one request may run; then it ends with runner-timeout. Default: 300000.</summary>
    public int MaxRuntimeMs { get; init; } = 300_000;

    /// <summary>What a machine must have before a role is recommended.</summary>
    public NodeGates Gates { get; init; } = new();
}

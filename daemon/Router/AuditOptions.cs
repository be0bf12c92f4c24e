namespace FedAi.Daemon.Router;

/// <summary>What a router writes down for its operator (audit.jsonl in the data folder). Never a prompt, an output or a key.</summary>
internal sealed record AuditOptions
{
    /// <summary>off; basic: starts, nodes that come and fail, refused and failed jobs, refused registrations and manifests; verbose: every job too. It stands in the signed manifest: write that anew after a change. Default: basic.</summary>
    public AuditMode Mode { get; init; } = AuditMode.Basic;
}

using FedAi.Daemon.Accounts;
using FedAi.Daemon.Bench;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Gateway;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Daemon.Store;
using FedAi.Daemon.Trust;

namespace FedAi.Daemon.Hosting;

/// <summary>
/// Everything an operator can set (ARCHITECTURE D12): <c>fedai.json</c>, then <c>FEDAI__section__key</c>, then flags. A new knob is a
/// property here or in a section, and nothing else.
/// </summary>
internal sealed record FedAiOptions
{
    /// <summary>The federation this daemon belongs to; others' announcements are not its business. Default: main.</summary>
    public string Network { get; init; } = "main";

    public HttpOptions Http { get; init; } = new();
    public RelayOptions Relays { get; init; } = new();
    public FilterOptions Filter { get; init; } = new();
    public NodeOptions Node { get; init; } = new();
    public RunnerOptions Runner { get; init; } = new();
    public ModelsOptions Models { get; init; } = new();
    public RouterOptions Router { get; init; } = new();
    public SchedulerOptions Scheduler { get; init; } = new();
    public GatewayOptions Gateway { get; init; } = new();
    public ApiOptions Api { get; init; } = new();
    public BandOptions Bands { get; init; } = new();
    public BenchOptions Bench { get; init; } = new();
    public PrivacyOptions Privacy { get; init; } = new();
    public AuditOptions Audit { get; init; } = new();
    public StoreOptions Store { get; init; } = new();
    public LogOptions Log { get; init; } = new();
}

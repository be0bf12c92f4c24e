using FedAi.Daemon.Capability;
using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>What this router offers through its active nodes, as it announces it. Pure.</summary>
internal static class RouterOffers
{
    /// <summary>Above this share of the nodes' places taken a router says that it is busy, in percent.</summary>
    private const double BusyPct = 80;

    public static RouterOffer Of(IReadOnlyList<NodeEntry> nodes, Uri listening, IReadOnlyList<string>? tlsSpki, int maxPayloadBytes, MachineLoad machine, long nowMs)
    {
        var active = nodes.Where(node => node.IsActive(nowMs)).ToList();
        var models = RouterModels.Of(active, nowMs);
        var places = active.Sum(node => node.Descriptor.Capacity.MaxConcurrent);
        return new RouterOffer(Caps(models, listening, maxPayloadBytes, places, MaxPrivacy(active, listening)) with { TlsSpki = tlsSpki }, Load(active, places, machine, nowMs)) { Prices = RouterPrices.Of(active) };
    }

    private static CapabilityProfile Caps(IReadOnlyList<OpenAiModel> models, Uri listening, int maxPayloadBytes, double places, PrivacyLevel maxPrivacy) => new()
    {
        RouterId = "",
        TransportEndpoints = [listening.ToString(), RelayEndpoints.UrlOf(listening).ToString()],
        SupportedJobTypes = JobTypes(models),
        ResourceLimits = new ResourceLimits
        {
            MaxPayloadBytes = maxPayloadBytes,
            MaxTokens = models.Select(model => model.MaxTokens).DefaultIfEmpty().Max(),
            MaxConcurrency = places,
        },
        ModelCaps = [.. models.Select(model => new ModelCap { ModelId = model.Id, ContextWindow = model.ContextWindow, MaxTokens = model.MaxTokens, Features = model.Features.Count > 0 ? model.Features : null })],
        PrivacyCaps = new PrivacyCaps { MaxLevel = maxPrivacy },
        SettlementCaps = new SettlementCaps { Methods = [], Currency = "SAT" },
        Timestamp = 0,
        Expiry = 0,
        Features = [PeerFeatures.Chat],
    };

    private static IReadOnlyList<RouterJobType> JobTypes(IReadOnlyList<OpenAiModel> models) =>
    [
        .. models.Select(model => RoleTypes.JobOf(model.Id) ?? (model.Features.Contains(ModelFeatures.Embeddings) ? RouterJobType.Embedding : RouterJobType.GenChunk))
            .Append(RouterJobType.GenChunk).Distinct().Order(),
    ];

    /// <summary>Sealed requests it can take with one node that gives a seal key; whose node that is, the asker judges (DECISIONS E10).</summary>
    private static PrivacyLevel MaxPrivacy(List<NodeEntry> active, Uri listening) =>
        listening.Scheme != Uri.UriSchemeHttps && !listening.IsLoopback ? PrivacyLevel.PL0
        : active.Any(node => node.Descriptor.SealKey is not null) ? PrivacyLevel.PL3
        : PrivacyLevel.PL1;

    private static LoadSummary Load(List<NodeEntry> active, double places, MachineLoad machine, long nowMs)
    {
        var taken = active.Sum(node => node.Descriptor.Capacity.CurrentLoad);
        return new LoadSummary
        {
            QueueDepth = Math.Max(0, taken - places),
            // Of the slowest node, its typical time to a first answer: the nearest to a 95th percentile that is known.
            P95LatencyMs = Math.Round(active.Select(node => node.Load.Observe(nowMs).LatencyMs).DefaultIfEmpty().Max()),
            CpuPct = machine.CpuPct,
            RamPct = machine.RamPct,
            ActiveJobs = taken,
            BackpressureState = taken >= places ? BackpressureState.Saturated
                : taken * 100 >= places * BusyPct ? BackpressureState.Busy
                : BackpressureState.Normal,
        };
    }
}

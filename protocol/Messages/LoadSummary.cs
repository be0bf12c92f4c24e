namespace FedAi.Protocol.Messages;

/// <summary>How loaded a router is; percentages 0 to 100.</summary>
public sealed record LoadSummary
{
    public required double QueueDepth { get; init; }
    public required double P95LatencyMs { get; init; }
    public required double CpuPct { get; init; }
    public required double RamPct { get; init; }
    public required double ActiveJobs { get; init; }
    public required BackpressureState BackpressureState { get; init; }
}

using System.Diagnostics.Metrics;

namespace FedAi.Runners.OpenAi;

/// <summary>What is counted about servers with OpenAI's interface. No label: addresses are the operator's own business.</summary>
internal static class OpenAiMetrics
{
    private static readonly Meter Meter = new("FedAi.Runners.OpenAi");

    /// <summary>Answers whose token counts were missing or absurd, so that this node counted for itself.</summary>
    public static Counter<long> UsageEstimated { get; } = Meter.CreateCounter<long>("fedai.runner.usage.estimated", description: "Answers of upstream servers with missing or absurd token counts.");
}

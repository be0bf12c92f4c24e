using System.Diagnostics.Metrics;

namespace FedAi.Daemon.OpenAi;

/// <summary>What /v1 counts. Never a label made of a client's text.</summary>
internal static class OpenAiMetrics
{
    private static readonly Meter Meter = new("FedAi.OpenAi");

    /// <summary>Members of request bodies that nobody knows; they are accepted, and a rise means that OpenAI has a new parameter.</summary>
    public static Counter<long> UnknownMembers { get; } = Meter.CreateCounter<long>("fedai.openai.unknown.members", description: "Unknown members of chat bodies.");
}

using System.Diagnostics.Metrics;

namespace FedAi.Daemon.Accounts;

/// <summary>What is counted about API keys: outcomes from a closed list, never a key, its name or its id.</summary>
internal static class AccountsMetrics
{
    private static readonly Meter Meter = new("FedAi.Daemon.Accounts");

    private static readonly Counter<long> Asked = Meter.CreateCounter<long>("fedai.apikeys.requests", description: "Requests of other machines at /v1, by outcome.");

    public static void Count(string outcome) => Asked.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}

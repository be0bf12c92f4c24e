namespace FedAi.Daemon.Store;

/// <summary>What one key used in the period that began then (ms; 0 for good): tokens counted, tokens set aside for requests still running, requests.</summary>
internal sealed record ApiUsageRow(string KeyId, long PeriodMs, long Tokens, long Reserved, long Requests);

namespace FedAi.Daemon.Capability;

/// <summary>What a busy hour would bring at the prices that others ask: an upper end, since nobody promises a busy hour.</summary>
internal sealed record Earnings(long MsatPerBusyHour, long TokensPerBusyHour, int PricesSeen);

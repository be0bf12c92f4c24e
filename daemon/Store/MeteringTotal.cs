namespace FedAi.Daemon.Store;

/// <summary>Sums over the kept metering records of one node and model: tokens, ms of wall time, msat.</summary>
internal sealed record MeteringTotal(string Node, string Model, long Requests, long InputTokens, long OutputTokens, long WallMs, long PriceMsat);

namespace FedAi.RelayDiscovery.Connections;

/// <summary>A relay of the pool. All are read; events of ours go only to those that publish (DECISIONS E14).</summary>
public sealed record PooledRelay(Uri Url, bool Publishes);

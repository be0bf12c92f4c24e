namespace FedAi.RelayDiscovery.Connections;

/// <summary>A relay of the pool. All are read; events of ours go only to those that publish (DECISIONS E14).</summary>
/// <param name="Configured">The operator named it. A relay that others named is connected to with more care: its address is judged, and it learns no key of ours.</param>
/// <param name="Client">What connects to it and judges its certificate, where that is not the pool's to do.</param>
public sealed record PooledRelay(Uri Url, bool Publishes, bool Configured = true, HttpClient? Client = null);

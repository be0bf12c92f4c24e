namespace FedAi.RelayDiscovery.Connections;

/// <summary>
/// How the pool speaks HTTP. <paramref name="Found"/> connects to relays that strangers named, so it must judge every address it
/// connects to; <paramref name="Configured"/> reads the documents of those that the operator named.
/// </summary>
public sealed record RelayHttp(HttpClient Configured, HttpClient Found)
{
    public HttpClient For(PooledRelay relay) => relay.Client ?? (relay.Configured ? Configured : Found);
}

namespace FedAi.Daemon.Peering;

/// <summary>Under which HTTP base others reach this daemon: http.publicEndpoint, else the address it listens on. Null until it listens.</summary>
internal sealed class PublicAddress
{
    private volatile Uri? endpoint;

    /// <summary>The base; ends with a slash.</summary>
    public Uri? Endpoint => endpoint;

    public void Set(Uri address) => endpoint = address;
}

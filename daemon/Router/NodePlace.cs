namespace FedAi.Daemon.Router;

/// <summary>One connection among those that a router bounds; it is given back when disposed.</summary>
internal sealed class NodePlace(NodeChannels channels, string? address) : IDisposable
{
    private bool shaking = true;

    /// <summary>The handshake is over; the connection may stay.</summary>
    public void EndHandshake()
    {
        if (shaking) channels.EndHandshake();
        shaking = false;
    }

    public void Dispose()
    {
        EndHandshake();
        if (address is not null) channels.Leave(address);
    }
}

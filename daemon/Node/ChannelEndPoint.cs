using System.Net;

namespace FedAi.Daemon.Node;

/// <summary>The place in the server where connections arrive that this node opened itself.</summary>
internal sealed class ChannelEndPoint : EndPoint
{
    public const string Name = "opened-by-this-node";

    public override string ToString() => Name;
}

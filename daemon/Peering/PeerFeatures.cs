namespace FedAi.Daemon.Peering;

/// <summary>Names a peer lists under <c>features</c> to say what it understands beyond WIRE.</summary>
internal static class PeerFeatures
{
    /// <summary>Takes <c>messages</c> with chat roles; <c>prompt</c> may be empty (DECISIONS E2).</summary>
    public const string Chat = "chat/1";

    /// <summary>Opens sealed requests (DECISIONS E11).</summary>
    public const string Sealed = "sealed/1";
}

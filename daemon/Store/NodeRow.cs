namespace FedAi.Daemon.Store;

/// <summary>The last signed registration of a node, as it arrived, and when (ms).</summary>
internal sealed record NodeRow(string Npub, string NodeId, byte[] Envelope, long SeenMs);

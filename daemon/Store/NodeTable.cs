using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Store;

/// <summary>The registered nodes by key. A node id belongs to the first key that registered it for as long as that key keeps it (DECISIONS E6).</summary>
internal sealed class NodeTable(Database database)
{
    /// <summary>Keeps a registration; <see cref="ErrorCode.NodeIdTaken"/> when the id belongs to another key.</summary>
    public Task<Refusal?> SaveAsync(NodeRow row, Durability durability) => database.WriteAsync(durability, statements =>
    {
        var owners = statements.Query("SELECT npub FROM nodes WHERE node_id = $1", found => found.GetString(0), row.NodeId);
        if (owners is [var owner] && owner != row.Npub) return new Refusal(ErrorCode.NodeIdTaken, "another key registered this nodeId; choose another one");
        statements.Execute(
            "INSERT INTO nodes (npub, node_id, envelope, seen_ms) VALUES ($1, $2, $3, $4) ON CONFLICT (npub) DO UPDATE SET node_id = $2, envelope = $3, seen_ms = $4",
            row.Npub, row.NodeId, row.Envelope, row.SeenMs);
        return null;
    });

    public IReadOnlyList<NodeRow> Load() => database.Read(statements =>
        statements.Query("SELECT npub, node_id, envelope, seen_ms FROM nodes", row => new NodeRow(row.GetString(0), row.GetString(1), row.GetBytes(2), row.GetInt64(3))));

    /// <summary>Forgets nodes not seen since <paramref name="oldestSeenMs"/>; their ids are free again.</summary>
    public Task<Refusal?> ForgetAsync(long oldestSeenMs) => database.WriteAsync(Durability.Normal, statements =>
    {
        statements.Execute("DELETE FROM nodes WHERE seen_ms < $1", oldestSeenMs);
        return null;
    });
}

using System.Runtime.InteropServices;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Store;

/// <summary>What verified events said of other keys, so that a restart without relays still knows whom to believe. It can be fetched again, so nothing waits for the disk.</summary>
internal sealed class TrustTable(Database database)
{
    public IReadOnlyList<TrustStatement> Load() => database.Read(statements =>
        statements.Query("SELECT author, kind, subject, created_at, id, keys, rank FROM trust", Read));

    /// <summary>Keeps a statement in place of its author's last one of the kind, and of the subject if it has one.</summary>
    public Task<Refusal?> SaveAsync(TrustStatement statement) => database.WriteAsync(Durability.Normal, statements =>
    {
        statements.Execute("INSERT INTO trust (author, kind, subject, created_at, id, keys, rank) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (author, kind, subject) DO UPDATE SET created_at = $4, id = $5, keys = $6, rank = $7",
            Bytes(statement.Author), statement.Kind, Bytes(statement.Subject), statement.CreatedAt, Bytes(statement.Id), MemoryMarshal.AsBytes(statement.Keys.AsSpan()).ToArray(), statement.Rank);
        return null;
    }, hurry: false);

    public Task<Refusal?> ForgetAsync(Hex32 author) => database.WriteAsync(Durability.Normal, statements =>
    {
        statements.Execute("DELETE FROM trust WHERE author = $1", Bytes(author));
        return null;
    }, hurry: false);

    private static TrustStatement Read(StoreRow row) => new(
        Hex32.From(row.GetBytes(0)), (int)row.GetInt64(1), Hex32.From(row.GetBytes(2)), row.GetInt64(3), Hex32.From(row.GetBytes(4)),
        MemoryMarshal.Cast<byte, Hex32>(row.GetBytes(5)).ToArray(), (int)row.GetInt64(6));

    internal static byte[] Bytes(Hex32 value)
    {
        var bytes = new byte[Hex32.Bytes];
        value.CopyTo(bytes);
        return bytes;
    }
}

using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Store;

/// <summary>
/// Verified announcements of others as they arrived, the newest of each address, so that a restart without any relay still knows the
/// federation. Whoever reads them back checks them again. They can be fetched again, so nothing waits for the disk.
/// </summary>
internal sealed class HeardTable(Database database)
{
    /// <summary>A router has caps, status and seven price sheets; more of one author only pushes out its own.</summary>
    private const int MaxPerAuthor = 16;

    private const int MaxRows = 20_000;

    /// <summary>So many new ones at most lie above that until the next <see cref="ForgetAsync"/>: a flood of free keys must not fill the disk.</summary>
    private const int MaxMore = 1_000;

    // Touched by the writer's thread alone.
    private int more;

    /// <summary>All of them, oldest first, the expired ones too.</summary>
    public IReadOnlyList<NostrEvent> Load() => database.Read(statements =>
        statements.Query("SELECT event FROM heard ORDER BY created_at", row => Read(row.GetBytes(0)))).OfType<NostrEvent>().ToList();

    /// <param name="known">Whether its author is one that this daemon knows: when there is too much, all others go first.</param>
    public Task<Refusal?> SaveAsync(NostrEvent value, long expiresAtMs, bool known = false) => database.WriteAsync(Durability.Normal, statements =>
    {
        var author = TrustTable.Bytes(value.Author);
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        value.WriteTo(json);
        statements.Execute(
            """
            INSERT INTO heard (author, kind, address, created_at, expires_ms, event, known) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (author, kind, address) DO UPDATE SET created_at = $4, expires_ms = $5, event = $6, known = $7 WHERE created_at < $4
            """,
            author, value.Kind, value.TagValue("d") ?? "", value.CreatedAt, expiresAtMs, json.WrittenSpan.ToArray(), known ? 1 : 0);
        statements.Execute("DELETE FROM heard WHERE author = $1 AND rowid NOT IN (SELECT rowid FROM heard WHERE author = $1 ORDER BY expires_ms DESC LIMIT $2)", author, MaxPerAuthor);
        if (++more >= MaxMore) Shrink(statements);
        return null;
    }, hurry: false);

    /// <summary>Takes back what its author asked to be deleted (NIP-09).</summary>
    public Task<Refusal?> DeleteAsync(NostrDeletion deletion) => database.WriteAsync(Durability.Normal, statements =>
    {
        var author = TrustTable.Bytes(deletion.Author);
        foreach (var gone in statements.Query("SELECT event FROM heard WHERE author = $1", row => Read(row.GetBytes(0)), author).OfType<NostrEvent>().Where(deletion.Covers))
            statements.Execute("DELETE FROM heard WHERE author = $1 AND kind = $2 AND address = $3", author, gone.Kind, gone.TagValue("d") ?? "");
        return null;
    }, hurry: false);

    /// <summary>Deletes what expired before this, and what is too much.</summary>
    public Task<Refusal?> ForgetAsync(long expiredBeforeMs) => database.WriteAsync(Durability.Normal, statements =>
    {
        statements.Execute("DELETE FROM heard WHERE expires_ms < $1", expiredBeforeMs);
        Shrink(statements);
        return null;
    }, hurry: false);

    private void Shrink(Statements statements)
    {
        statements.Execute("DELETE FROM heard WHERE rowid NOT IN (SELECT rowid FROM heard ORDER BY known DESC, expires_ms DESC LIMIT $1)", MaxRows);
        more = 0;
    }

    private static NostrEvent? Read(byte[] json) => NostrEvent.TryParse(json, out var value) ? value : null;
}

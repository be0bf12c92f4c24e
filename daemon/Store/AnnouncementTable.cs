using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Store;

/// <summary>The last <c>created_at</c> (s) of each of our addressable events, so that it strictly increases over restarts (ARCHITECTURE D8).</summary>
internal sealed class AnnouncementTable(Database database)
{
    /// <summary>By address <c>kind:d</c>.</summary>
    public IReadOnlyDictionary<string, long> Load() => database.Read(statements =>
        statements.Query("SELECT address, created_at FROM announcements", row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)))).ToDictionary(StringComparer.Ordinal);

    /// <summary>Synced before the event goes out.</summary>
    public Task<Refusal?> SaveAsync(string address, long createdAt) => database.WriteAsync(Durability.Full, statements =>
    {
        statements.Execute("INSERT INTO announcements VALUES ($1, $2) ON CONFLICT (address) DO UPDATE SET created_at = max(created_at, $2)", address, createdAt);
        return null;
    });
}

using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Store;

/// <summary>API keys, the hashes of their secrets, and what they used. No secret is ever here.</summary>
internal sealed class ApiKeyTable(Database database)
{
    /// <summary>Replaced secrets are remembered, so that whoever still uses one is told what happened; more than these of one key are not.</summary>
    private const int MaxSecrets = 8;

    private const string Columns = "id, npub, name, created_ms, expires_ms, revoked_ms, per_second, burst, concurrency, tokens, period, models, namespace";

    public IReadOnlyList<ApiKeyRow> Keys() => database.Read(statements => statements.Query($"SELECT {Columns} FROM api_keys ORDER BY created_ms, id", Map));

    public IReadOnlyList<ApiSecretRow> Secrets() => database.Read(statements => statements.Query(
        "SELECT hash, key_id, until_ms FROM api_secrets", row => new ApiSecretRow(Hex32.From(row.GetBytes(0)), row.GetString(1), Number(row, 2))));

    /// <summary>The namespaces that have a limit.</summary>
    public IReadOnlyList<ApiNamespaceRow> Namespaces() => database.Read(statements => statements.Query(
        "SELECT name, tokens, period FROM api_namespaces", row => new ApiNamespaceRow(row.GetString(0), row.GetInt64(1), (QuotaPeriod)row.GetInt64(2))));

    /// <summary>The newest period of each key and namespace.</summary>
    public IReadOnlyList<ApiUsageRow> Usage() => database.Read(statements => statements.Query(
        "SELECT key_id, max(period_ms), tokens, reserved, requests FROM api_usage GROUP BY key_id",
        row => new ApiUsageRow(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4))));

    /// <summary>Keeps a new key and its secret's hash, synced before it is shown.</summary>
    public Task<Refusal?> AddAsync(ApiKeyRow key, Hex32 hash) => database.WriteAsync(Durability.Full, statements =>
    {
        statements.Execute($"INSERT INTO api_keys ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            key.Id, key.Npub, key.Name, key.CreatedMs, key.ExpiresMs, key.RevokedMs, key.PerSecond, key.Burst, key.Concurrency, key.Tokens, (int)key.Period, string.Join('\n', key.Models), key.Namespace);
        AddSecret(statements, key.Id, hash);
        return null;
    });

    /// <summary>Limits all keys of a namespace together, or no longer (no tokens). What they used without a limit, or in periods of another kind, is forgotten.</summary>
    public Task<Refusal?> LimitAsync(string name, long? tokens, QuotaPeriod period) => database.WriteAsync(Durability.Full, statements =>
    {
        statements.Execute("DELETE FROM api_usage WHERE key_id = $1 AND NOT EXISTS (SELECT 1 FROM api_namespaces WHERE name = $2 AND period = $3)", ApiNamespaceRow.UsageId(name), name, (int)period);
        statements.Execute("DELETE FROM api_namespaces WHERE name = $1", name);
        if (tokens is not null) statements.Execute("INSERT INTO api_namespaces VALUES ($1, $2, $3)", name, tokens, (int)period);
        return null;
    });

    /// <summary>Adds a secret; those before it open the key until then (ms) and no longer.</summary>
    public Task<Refusal?> RotateAsync(string id, Hex32 hash, long oldUntilMs) => database.WriteAsync(Durability.Full, statements =>
    {
        statements.Execute("UPDATE api_secrets SET until_ms = min(coalesce(until_ms, $1), $1) WHERE key_id = $2", oldUntilMs, id);
        AddSecret(statements, id, hash);
        statements.Execute("DELETE FROM api_secrets WHERE key_id = $1 AND rowid NOT IN (SELECT rowid FROM api_secrets WHERE key_id = $1 ORDER BY rowid DESC LIMIT $2)", id, MaxSecrets);
        return null;
    });

    public Task<Refusal?> RevokeAsync(string id, long atMs) => database.WriteAsync(Durability.Full, statements =>
    {
        statements.Execute("UPDATE api_keys SET revoked_ms = coalesce(revoked_ms, $1) WHERE id = $2", atMs, id);
        return null;
    });

    /// <summary>Forgets a key, its secrets and what it used.</summary>
    public Task<Refusal?> DeleteAsync(string id) => database.WriteAsync(Durability.Normal, statements =>
    {
        statements.Execute("DELETE FROM api_secrets WHERE key_id = $1", id);
        statements.Execute("DELETE FROM api_usage WHERE key_id = $1", id);
        statements.Execute("DELETE FROM api_keys WHERE id = $1", id);
        return null;
    });

    /// <summary>Keeps the sums as they are now; who adds them up calls this in their order. Without <paramref name="hurry"/> the commit may wait for company.</summary>
    public Task<Refusal?> SaveUsageAsync(ApiUsageRow usage, bool hurry) => database.WriteAsync(Durability.Normal, statements =>
    {
        statements.Execute("INSERT INTO api_usage VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key_id, period_ms) DO UPDATE SET tokens = $3, reserved = $4, requests = $5",
            usage.KeyId, usage.PeriodMs, usage.Tokens, usage.Reserved, usage.Requests);
        return null;
    }, hurry);

    /// <summary>Forgets periods that began before then; a quota for good is never forgotten.</summary>
    public Task<Refusal?> ForgetAsync(long oldestPeriodMs) => database.WriteAsync(Durability.Normal, statements =>
    {
        statements.Execute("DELETE FROM api_usage WHERE period_ms > 0 AND period_ms < $1", oldestPeriodMs);
        return null;
    }, hurry: false);

    private static void AddSecret(Statements statements, string id, Hex32 hash) =>
        statements.Execute("INSERT INTO api_secrets (hash, key_id, until_ms) VALUES ($1, $2, NULL)", TrustTable.Bytes(hash), id);

    private static ApiKeyRow Map(StoreRow row) => new()
    {
        Id = row.GetString(0),
        Npub = row.GetString(1),
        Name = row.GetString(2),
        CreatedMs = row.GetInt64(3),
        ExpiresMs = Number(row, 4),
        RevokedMs = Number(row, 5),
        PerSecond = row.IsDBNull(6) ? null : row.GetDouble(6),
        Burst = Number(row, 7),
        Concurrency = Number(row, 8),
        Tokens = Number(row, 9),
        Period = (QuotaPeriod)row.GetInt64(10),
        Models = row.GetString(11).Split('\n', StringSplitOptions.RemoveEmptyEntries),
        Namespace = row.GetString(12),
    };

    private static long? Number(StoreRow row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}

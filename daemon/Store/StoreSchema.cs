namespace FedAi.Daemon.Store;

/// <summary>The tables, as steps: <c>user_version</c> counts the steps a file has seen. A step that was released is never changed.</summary>
/// <remarks>Rowid tables with a UNIQUE index take random keys twice as fast as WITHOUT ROWID ones.</remarks>
internal static class StoreSchema
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE replay (id INTEGER PRIMARY KEY CHECK (id = 1), floor_ms INTEGER NOT NULL, clean INTEGER NOT NULL);
        INSERT INTO replay VALUES (1, 0, 1);
        CREATE TABLE nonces (id BLOB NOT NULL UNIQUE, ts INTEGER NOT NULL);
        CREATE INDEX nonces_ts ON nonces (ts);

        CREATE TABLE metering (
            request_id TEXT NOT NULL, node TEXT NOT NULL, client TEXT NOT NULL, model TEXT NOT NULL,
            input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
            price_msat INTEGER, status TEXT NOT NULL, ts INTEGER NOT NULL, envelope BLOB NOT NULL, proof BLOB,
            UNIQUE (request_id, node, client));
        CREATE INDEX metering_ts ON metering (ts);

        CREATE TABLE nodes (npub TEXT NOT NULL UNIQUE, node_id TEXT NOT NULL UNIQUE, envelope BLOB NOT NULL, seen_ms INTEGER NOT NULL);

        CREATE TABLE announcements (address TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL);

        CREATE TABLE manifests (npub TEXT NOT NULL UNIQUE, issued_at_ms INTEGER NOT NULL, manifest BLOB NOT NULL);
        """,
        """
        CREATE TABLE trust (
            author BLOB NOT NULL, kind INTEGER NOT NULL, subject BLOB NOT NULL, created_at INTEGER NOT NULL,
            id BLOB NOT NULL, keys BLOB NOT NULL, rank INTEGER NOT NULL, UNIQUE (author, kind, subject));

        CREATE TABLE experience (peer BLOB NOT NULL UNIQUE, good REAL NOT NULL, bad REAL NOT NULL, at_ms INTEGER NOT NULL);
        """,
        """
        CREATE TABLE heard (
            author BLOB NOT NULL, kind INTEGER NOT NULL, address TEXT NOT NULL, created_at INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
            event BLOB NOT NULL, UNIQUE (author, kind, address));
        CREATE INDEX heard_expires ON heard (expires_ms);
        """,
        """
        CREATE TABLE api_keys (
            id TEXT NOT NULL UNIQUE, npub TEXT NOT NULL, name TEXT NOT NULL, created_ms INTEGER NOT NULL, expires_ms INTEGER, revoked_ms INTEGER,
            per_second REAL, burst INTEGER, concurrency INTEGER, tokens INTEGER, period INTEGER NOT NULL, models TEXT NOT NULL);
        CREATE TABLE api_secrets (hash BLOB NOT NULL UNIQUE, key_id TEXT NOT NULL, until_ms INTEGER);
        CREATE TABLE api_usage (
            key_id TEXT NOT NULL, period_ms INTEGER NOT NULL, tokens INTEGER NOT NULL, reserved INTEGER NOT NULL, requests INTEGER NOT NULL,
            UNIQUE (key_id, period_ms));
        """,
        "ALTER TABLE api_keys ADD COLUMN namespace TEXT NOT NULL DEFAULT '';",
        "ALTER TABLE heard ADD COLUMN known INTEGER NOT NULL DEFAULT 0;",
        "CREATE TABLE api_namespaces (name TEXT NOT NULL UNIQUE, tokens INTEGER NOT NULL, period INTEGER NOT NULL);",
    ];

    public static void Migrate(Statements statements, string path)
    {
        var version = (int)statements.Query("PRAGMA user_version", row => row.GetInt64(0))[0];
        if (version > Steps.Length)
            throw new StoreException($"the store {path} was written by a newer fedai (schema {version}, this one knows {Steps.Length}): update fedai");

        for (; version < Steps.Length; version++)
            statements.Script($"BEGIN IMMEDIATE;{Steps[version]}PRAGMA user_version={version + 1};COMMIT");
    }
}

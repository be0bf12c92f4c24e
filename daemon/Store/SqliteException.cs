using SQLitePCL;

namespace FedAi.Daemon.Store;

/// <summary>SQLite refused a statement; the message is its own, which names tables and constraints, never values.</summary>
internal sealed class SqliteException(int extendedCode, string message) : Exception($"SQLite error {extendedCode}: {message}")
{
    /// <summary>SQLite's primary result code.</summary>
    public int Code => extendedCode & 0xff;

    /// <summary>The disk is full or fails; the statement may succeed later.</summary>
    public bool IsDiskTrouble => Code is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY;

    /// <summary>The file is damaged or no store at all; nothing written to it may be acknowledged any more.</summary>
    public bool IsDamage => Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}

using System.Text;
using SQLitePCL;

namespace FedAi.Daemon.Store;

/// <summary>One connection to the store's file with its prepared statements, by their SQL text; parameters are <c>$1</c>, <c>$2</c> and so on. For one thread.</summary>
/// <remarks>
/// Straight on SQLitePCLRaw: the ADO.NET layer above it costs every daemon 3 MB of memory and each row several allocations, and
/// would give pooling, transactions and types that one writer thread and a handful of tables do not use.
/// </remarks>
internal sealed class Statements : IDisposable
{
    /// <summary>How long a statement waits while another connection recovers the log; nothing else ever holds the file, in ms.</summary>
    private const int BusyMs = 5000;

    private readonly sqlite3 connection;

    // Bounded by the SQL constants of the tables.
    private readonly Dictionary<string, sqlite3_stmt> prepared = new(StringComparer.Ordinal);

    private Statements(sqlite3 connection) => this.connection = connection;

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(connection) == 0;

    /// <summary>Opens a file that exists; a <see cref="SqliteException"/> when it cannot.</summary>
    public static Statements Open(string path, bool readOnly)
    {
        SqliteLibrary.Use();
        var result = raw.sqlite3_open_v2(path, out var connection, readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE, null);
        var opened = new Statements(connection);
        try
        {
            opened.Check(result);
            opened.Check(raw.sqlite3_extended_result_codes(connection, 1));
            opened.Check(raw.sqlite3_busy_timeout(connection, BusyMs));
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Runs several statements without parameters and without rows.</summary>
    public void Script(string sql) => Check(raw.sqlite3_exec(connection, sql));

    /// <summary>Runs a statement; the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        var statement = Bind(sql, values);
        try
        {
            while (Step(statement))
            {
            }

            return raw.sqlite3_changes(connection);
        }
        finally
        {
            _ = raw.sqlite3_reset(statement);
        }
    }

    /// <summary>Runs a query and maps every row.</summary>
    public List<T> Query<T>(string sql, Func<StoreRow, T> map, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        var statement = Bind(sql, values);
        try
        {
            while (Step(statement)) rows.Add(map(new StoreRow(statement)));
            return rows;
        }
        finally
        {
            _ = raw.sqlite3_reset(statement);
        }
    }

    public void Dispose()
    {
        foreach (var statement in prepared.Values) statement.Dispose();
        prepared.Clear();
        connection.Dispose();
    }

    private sqlite3_stmt Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!prepared.TryGetValue(sql, out var statement))
        {
            Check(raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement));
            prepared.Add(sql, statement);
        }

        for (var i = 0; i < values.Length; i++) Check(Bind(statement, i + 1, values[i]));
        return statement;
    }

    private static int Bind(sqlite3_stmt statement, int index, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(statement, index),
        long number => raw.sqlite3_bind_int64(statement, index, number),
        int number => raw.sqlite3_bind_int64(statement, index, number),
        bool flag => raw.sqlite3_bind_int64(statement, index, flag ? 1 : 0),
        double number => raw.sqlite3_bind_double(statement, index, number),
        // As bytes with their length: a stranger's text may hold NUL.
        "" => raw.sqlite3_bind_text(statement, index, ""),
        string text => raw.sqlite3_bind_text(statement, index, Encoding.UTF8.GetBytes(text)),
        // Nothing is not NULL.
        byte[] { Length: 0 } => raw.sqlite3_bind_zeroblob(statement, index, 0),
        byte[] bytes => raw.sqlite3_bind_blob(statement, index, bytes),
        _ => throw new ArgumentException($"the store has no type for {value.GetType()}", nameof(value)),
    };

    private bool Step(sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE)) Check(result);
        return result == raw.SQLITE_ROW;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) throw new SqliteException(result, raw.sqlite3_errmsg(connection).utf8_to_string());
    }
}

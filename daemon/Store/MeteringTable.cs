using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Store;

/// <summary>Signed metering records; one per asker, node and request.</summary>
internal sealed class MeteringTable(Database database)
{
    private const string Columns = "request_id, node, client, model, input_tokens, output_tokens, wall_ms, price_msat, status, ts, envelope, proof";

    /// <summary>Keeps a record; <see cref="ErrorCode.MeteringDuplicate"/> when this node already gave one for this request of this asker.</summary>
    public Task<Refusal?> AddAsync(MeteringRow row, Durability durability) => database.WriteAsync(durability, statements =>
        statements.Execute($"INSERT OR IGNORE INTO metering ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            row.RequestId, row.Node, row.Client ?? "", row.Model, row.InputTokens, row.OutputTokens, row.WallMs, row.PriceMsat, row.Status, row.TsMs, row.Envelope, row.Proof) == 1
            ? null
            : new Refusal(ErrorCode.MeteringDuplicate, $"request {row.RequestId} of {row.Node} is already metered"),
        hurry: durability == Durability.Full);

    /// <summary>The records of one request: more than one when a retry used another node.</summary>
    public IReadOnlyList<MeteringRow> Get(string requestId) => database.Read(statements =>
        statements.Query($"SELECT {Columns} FROM metering WHERE request_id = $1 ORDER BY ts", Map, requestId));

    /// <summary>What <paramref name="read"/> makes of every signed envelope with a time from <paramref name="fromMs"/> on and before <paramref name="untilMs"/>.</summary>
    public IReadOnlyList<T> Envelopes<T>(long fromMs, long untilMs, Func<byte[], T> read) => database.Read(statements =>
        statements.Query("SELECT envelope FROM metering WHERE ts >= $1 AND ts < $2", row => read(row.GetBytes(0)), fromMs, untilMs));

    /// <summary>The signed envelopes of the newest whole answers of a model that had at least so many tokens, newest first.</summary>
    public IReadOnlyList<byte[]> Newest(string model, int leastTokens, int count) => database.Read(statements => statements.Query(
        "SELECT envelope FROM metering WHERE model = $1 AND status = 'complete' AND output_tokens >= $2 ORDER BY ts DESC LIMIT $3", row => row.GetBytes(0), model, leastTokens, count));

    /// <summary>Sums per node and model over records with a time of at least <paramref name="sinceMs"/>.</summary>
    // total(), not sum(): absurd numbers of one node must not make the query overflow.
    public IReadOnlyList<MeteringTotal> Totals(long sinceMs = 0) => database.Read(statements => statements.Query(
        """
        SELECT node, model, count(*), cast(total(input_tokens) AS INTEGER), cast(total(output_tokens) AS INTEGER), cast(total(wall_ms) AS INTEGER), cast(total(price_msat) AS INTEGER)
        FROM metering WHERE ts >= $1 GROUP BY node, model ORDER BY node, model
        """,
        row => new MeteringTotal(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)), sinceMs));

    /// <summary>Deletes records older than <paramref name="oldestTsMs"/>.</summary>
    public Task<Refusal?> ForgetAsync(long oldestTsMs) => database.WriteAsync(Durability.Normal, statements =>
    {
        statements.Execute("DELETE FROM metering WHERE ts < $1", oldestTsMs);
        return null;
    });

    private static MeteringRow Map(StoreRow row) => new()
    {
        RequestId = row.GetString(0),
        Node = row.GetString(1),
        Client = row.GetString(2) is { Length: > 0 } client ? client : null,
        Model = row.GetString(3),
        InputTokens = row.GetInt64(4),
        OutputTokens = row.GetInt64(5),
        WallMs = row.GetInt64(6),
        PriceMsat = row.IsDBNull(7) ? null : row.GetInt64(7),
        Status = row.GetString(8),
        TsMs = row.GetInt64(9),
        Envelope = row.GetBytes(10),
        Proof = row.IsDBNull(11) ? null : row.GetBytes(11),
    };
}

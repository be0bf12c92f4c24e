using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Store;

/// <summary>Own experience with peers, so that a restart does not forgive everything.</summary>
internal sealed class ExperienceTable(Database database)
{
    public IReadOnlyList<ExperienceRow> Load() => database.Read(statements => statements.Query(
        "SELECT peer, good, bad, at_ms FROM experience", row => new ExperienceRow(Hex32.From(row.GetBytes(0)), row.GetDouble(1), row.GetDouble(2), row.GetInt64(3))));

    public Task<Refusal?> SaveAsync(IReadOnlyList<ExperienceRow> rows) => database.WriteAsync(Durability.Normal, statements =>
    {
        foreach (var row in rows)
            statements.Execute("INSERT INTO experience (peer, good, bad, at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT (peer) DO UPDATE SET good = $2, bad = $3, at_ms = $4",
                TrustTable.Bytes(row.Peer), row.Good, row.Bad, row.AtMs);
        return null;
    }, hurry: false);

    /// <summary>Forgets peers not met since then.</summary>
    public Task<Refusal?> ForgetAsync(long oldestMs) => database.WriteAsync(Durability.Normal, statements =>
    {
        statements.Execute("DELETE FROM experience WHERE at_ms < $1", oldestMs);
        return null;
    }, hurry: false);
}

using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Store;

/// <summary>The newest signed manifest of each key, as canonical JSON.</summary>
internal sealed class ManifestTable(Database database)
{
    /// <summary>The newest manifest of a key; null when there is none.</summary>
    public byte[]? Find(string npub) => database.Read(statements => statements.Query("SELECT manifest FROM manifests WHERE npub = $1", row => row.GetBytes(0), npub)).FirstOrDefault();

    /// <summary>Keeps a manifest, synced; <see cref="ErrorCode.ManifestNotNewer"/> when one of this key with the same or a later <paramref name="issuedAtMs"/> is there.</summary>
    public Task<Refusal?> SaveAsync(string npub, long issuedAtMs, byte[] manifest) => database.WriteAsync(Durability.Full, statements =>
        statements.Execute(
            "INSERT INTO manifests VALUES ($1, $2, $3) ON CONFLICT (npub) DO UPDATE SET issued_at_ms = $2, manifest = $3 WHERE issued_at_ms < $2",
            npub, issuedAtMs, manifest) == 1
            ? null
            : new Refusal(ErrorCode.ManifestNotNewer, "a manifest of this key that is as new or newer is known; write a new one with fedai manifest --write"));
}

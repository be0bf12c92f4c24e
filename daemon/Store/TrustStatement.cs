using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Store;

/// <summary>
/// What one verified event says of other keys: the <see cref="Keys"/> its author follows or mutes (NIP-02, NIP-51), the <see cref="Subject"/> it
/// reports (NIP-56), or the <see cref="Rank"/> of 0 to 100 that a provider gives the subject (NIP-85).
/// </summary>
internal sealed record TrustStatement(Hex32 Author, int Kind, Hex32 Subject, long CreatedAt, Hex32 Id, Hex32[] Keys, int Rank)
{
    /// <summary>NIP-01: the newer one counts, of two of the same second the one with the lower id.</summary>
    public bool Replaces(TrustStatement other) => CreatedAt > other.CreatedAt || (CreatedAt == other.CreatedAt && Id.CompareTo(other.Id) < 0);
}

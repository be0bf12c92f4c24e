using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>
/// The scores of one moment, 0 to <see cref="Full"/>; immutable, so any thread may look up. A key that nobody vouched for has 0, however
/// often relays showed it.
/// </summary>
/// <remarks>Classes and not interfaces: a look-up then costs no virtual call.</remarks>
internal sealed class TrustSnapshot(Dictionary<Hex32, int> scores, HashSet<Hex32> muted, bool hasWeb)
{
    /// <summary>What a root has.</summary>
    public const int Full = 1000;

    public static TrustSnapshot Empty { get; } = new([], [], hasWeb: false);

    /// <summary>Whether a root vouches for anybody, or was not asked yet: without that there is no web of trust, only strangers.</summary>
    public bool HasWeb => hasWeb;

    /// <summary>How many keys have a score.</summary>
    public int Count => scores.Count;

    public int Of(Hex32 key) => scores.GetValueOrDefault(key);

    /// <summary>The keys with at least so much.</summary>
    public IEnumerable<Hex32> Trusted(int least) => scores.Where(one => one.Value >= least).Select(one => one.Key);

    /// <summary>Whether a root's signed mute list names the key.</summary>
    public bool Mutes(Hex32 key) => muted.Contains(key);
}

using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>
/// The scores of one moment, 0 to <see cref="Full"/>; immutable, so any thread may look up. A key that nobody vouched for has 0, however
/// often relays showed it.
/// </summary>
internal sealed class TrustSnapshot(IReadOnlyDictionary<Hex32, int> scores, IReadOnlySet<Hex32> muted, bool hasWeb)
{
    /// <summary>What a root has.</summary>
    public const int Full = 1000;

    // The class and not the interface: a look-up then costs no virtual call.
    private readonly Dictionary<Hex32, int> scores = scores as Dictionary<Hex32, int> ?? new Dictionary<Hex32, int>(scores);
    private readonly HashSet<Hex32> muted = muted as HashSet<Hex32> ?? [.. muted];

    public static TrustSnapshot Empty { get; } = new(new Dictionary<Hex32, int>(), new HashSet<Hex32>(), hasWeb: false);

    /// <summary>Whether a root vouches for anybody: without that there is no web of trust, only strangers.</summary>
    public bool HasWeb => hasWeb;

    /// <summary>How many keys have a score.</summary>
    public int Count => scores.Count;

    public int Of(Hex32 key) => scores.GetValueOrDefault(key);

    /// <summary>The keys with at least so much.</summary>
    public IEnumerable<Hex32> Trusted(int least) => scores.Where(one => one.Value >= least).Select(one => one.Key);

    /// <summary>Whether a root's signed mute list names the key.</summary>
    public bool Mutes(Hex32 key) => muted.Contains(key);
}

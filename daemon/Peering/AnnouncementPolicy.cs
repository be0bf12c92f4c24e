using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>When an announcement is due: at once when new or changed, and before it expires; load not more often than relays like, unless the router has become free or busy (DECISIONS E14).</summary>
internal static class AnnouncementPolicy
{
    /// <summary>An hour before the announcement expires, so that a relay that is away for a while does no harm. In ms.</summary>
    public const long RefreshMs = 2 * 3600 * 1000;

    /// <summary>Figures of the load are told at most this often, in ms.</summary>
    public const long StatusPauseMs = 5 * 60 * 1000;

    /// <param name="ageMs">Since it was last announced; null: never.</param>
    /// <param name="changed">Whether it says something else now.</param>
    /// <param name="turned">Whether its state of load (normal, busy, saturated) is another one: what others choose by.</param>
    public static bool IsDue(ControlMessageType type, long? ageMs, bool changed, bool turned) =>
        ageMs is not { } age || age >= RefreshMs || (changed && (type is not ControlMessageType.StatusAnnounce || turned || age >= StatusPauseMs));
}

namespace FedAi.Protocol.Nostr;

/// <summary>How NIP-01 treats a kind, and the kinds of other NIPs that a federation uses beside its own.</summary>
public static class NostrKinds
{
    /// <summary>Follow list, NIP-02.</summary>
    public const int FollowList = 3;
    /// <summary>Deletion request, NIP-09.</summary>
    public const int Deletion = 5;
    /// <summary>Report, NIP-56.</summary>
    public const int Report = 1984;
    /// <summary>Mute list, NIP-51.</summary>
    public const int MuteList = 10000;
    /// <summary>A peer's own relays, NIP-65.</summary>
    public const int RelayList = 10002;
    /// <summary>What a relay monitor measures, and how often, NIP-66.</summary>
    public const int RelayMonitor = 10166;
    /// <summary>What a monitor measured of one relay, NIP-66.</summary>
    public const int RelayDiscovery = 30166;
    /// <summary>Proof of key towards a relay, NIP-42; never stored.</summary>
    public const int RelayAuth = 22242;
    /// <summary>What a provider says of a key, NIP-85.</summary>
    public const int Assertion = 30382;
    /// <summary>Application data, NIP-78: configuration snapshots.</summary>
    public const int ApplicationData = 30078;

    /// <summary>The newest event per author and kind counts.</summary>
    public static bool IsReplaceable(int kind) => kind is 0 or 3 or (>= 10_000 and < 20_000);

    /// <summary>Passed on, never stored.</summary>
    public static bool IsEphemeral(int kind) => kind is >= 20_000 and < 30_000;

    /// <summary>The newest event per author, kind and <c>d</c> tag counts.</summary>
    public static bool IsAddressable(int kind) => kind is >= 30_000 and < 40_000;
}

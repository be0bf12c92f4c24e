namespace FedAi.Daemon.Peering;

/// <summary>What the daemon's own relay takes from anyone. The control plane is slow and small, so these are far above honest use.</summary>
internal sealed record RelayLimits
{
    /// <summary>Longest frame in bytes; a longer one ends the connection. Content of ours is at most 16 KiB, follow lists of others about 50 KiB.</summary>
    public int MaxFrameBytes { get; init; } = 64 * 1024;

    /// <summary>Connections at once. Each holds one frame, its subscriptions and its unread events: below 200 KiB unless it reads slowly.</summary>
    public int MaxConnections { get; init; } = 512;

    /// <summary>Connections at once from one address other than loopback, behind which a proxy may stand.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 32;

    /// <summary>Subscriptions of one connection.</summary>
    public int MaxSubscriptions { get; init; } = 32;

    /// <summary>Filters of one subscription.</summary>
    public int MaxFilters { get; init; } = 10;

    /// <summary>Characters of a subscription's name; NIP-01 says 64.</summary>
    public int MaxSubscriptionIdLength { get; init; } = 64;

    /// <summary>Stored events that one filter gets, newest first.</summary>
    public int MaxResults { get; init; } = 500;

    /// <summary>Tags of one event; a follow list has a few hundred.</summary>
    public int MaxTags { get; init; } = 2000;

    /// <summary>How far ahead of our clock an event may be, in seconds: as most relays have it, and room for a clock that is ten minutes off.</summary>
    public int MaxSecondsAhead { get; init; } = 900;

    /// <summary>How long an event without its own end is kept, in seconds: one week, as relays of others keep theirs much longer.</summary>
    public long RetentionSeconds { get; init; } = 7 * 24 * 3600;

    /// <summary>The same for authors the operator does not know, in seconds: a day, in which honest ones have come back.</summary>
    public long StrangerRetentionSeconds { get; init; } = 24 * 3600;

    /// <summary>Stored events; when full, strangers give way to known authors, and new addresses of strangers are refused.</summary>
    public int MaxStoredEvents { get; init; } = 20_000;

    /// <summary>Memory of stored events in bytes.</summary>
    public long MaxStoredBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Stored events of one author: caps, status, seven prices and what other NIPs keep, several times over.</summary>
    public int MaxStoredPerAuthor { get; init; } = 64;

    /// <summary>Events and filters that one address may send at once, over all its connections (on loopback, behind which a proxy may stand, over each)…</summary>
    public int FrameBurst { get; init; } = 200;

    /// <summary>…and every second after that.</summary>
    public int FramesPerSecond { get; init; } = 50;

    /// <summary>As much as one of them costs looking at so many stored events: filters that match little in a full relay are a few a second.</summary>
    public int EventsPerFrame { get; init; } = 1000;

    /// <summary>Bytes that may wait for a slow reader before it is cut off.</summary>
    public int MaxUnreadBytes { get; init; } = 1024 * 1024;

    /// <summary>How long a client may take to read one frame.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(15);
}

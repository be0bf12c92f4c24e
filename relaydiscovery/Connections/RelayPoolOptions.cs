namespace FedAi.RelayDiscovery.Connections;

/// <summary>How the pool treats its relays. The defaults suit public relays; tests shorten the waits.</summary>
public sealed record RelayPoolOptions
{
    /// <summary>Frames longer than this are skipped unread, in bytes. The federation's events are at most 16 KiB of content; escaping can double it.</summary>
    public int MaxFrameBytes { get; init; } = 64 * 1024;

    /// <summary>A frame longer than this ends the connection: reading on would only feed the sender's game. In bytes.</summary>
    public int MaxSkippedBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Events that wait in one subscription, in events. When full, the relays' sockets are not read, so nothing is lost and memory stays bounded.</summary>
    public int QueuedEvents { get; init; } = 1024;

    /// <summary>How long connecting may take, handshakes included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a relay may take to answer an EVENT with OK, and to take a frame from us.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A silent connection is pinged this often; unanswered for as long again, it counts as lost.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The wait after the first failure; each further failure doubles it. Below 250 ms is rude to a relay.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between attempts.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that lasted this long was healthy: failures are counted from zero again.</summary>
    public TimeSpan HealthyAfter { get; init; } = TimeSpan.FromSeconds(60);
}

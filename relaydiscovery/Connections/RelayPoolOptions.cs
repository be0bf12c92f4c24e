namespace FedAi.RelayDiscovery.Connections;

/// <summary>How the pool treats its relays. The defaults suit public relays; tests shorten the waits.</summary>
public sealed record RelayPoolOptions
{
    /// <summary>Frames longer than this are skipped unread, in bytes. The federation's events are at most 16 KiB of content; escaping can double it.</summary>
    public int MaxFrameBytes { get; init; } = 64 * 1024;

    /// <summary>The same for events of the kinds that a subscription lets be long, in bytes: a follow list of some 5,000 keys. While one is read, this much memory per relay.</summary>
    public int MaxLongFrameBytes { get; init; } = 512 * 1024;

    /// <summary>A frame longer than this ends the connection: reading on would only feed the sender's game. In bytes.</summary>
    public int MaxSkippedBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Events of one relay that wait in one subscription. When more come, the oldest of that relay is dropped; other relays' events stay.</summary>
    public int QueuedEvents { get; init; } = 1024;

    /// <summary>Bytes of one relay that wait in one subscription; with 25 relays and the default 50 MB at most, while somebody floods.</summary>
    public int QueuedBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>A relay of which so many events had to be dropped during one connection floods us: the connection ends, and counts as failed.</summary>
    public int FloodEvents { get; init; } = 10_000;

    /// <summary>How long connecting may take, handshakes included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a relay may take to answer an EVENT or AUTH with OK, and to take a frame from us.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a relay may take to hand out its NIP-11 document. Only publishing waits for it.</summary>
    public TimeSpan DocumentTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A NIP-11 document is read again when the connection is new and it is older than this.</summary>
    public TimeSpan DocumentAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A silent connection is pinged this often; unanswered for as long again, it counts as lost.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The wait after the first failure; each further failure doubles it. Below 250 ms is rude to a relay.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between attempts.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that lasted this long was healthy: failures are counted from zero again.</summary>
    public TimeSpan HealthyAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After so many failures in a row the relay is put aside. 8 take a bit more than a minute, so a restart is not noticed.</summary>
    public int FailuresToPutAside { get; init; } = 8;

    /// <summary>How long a relay stays put aside before one attempt decides about it again. At least half a second.</summary>
    public TimeSpan PutAsideFor { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Events that one relay gets from us at once. Public relays take about 10.</summary>
    public int PublishBurst { get; init; } = 10;

    /// <summary>Events that one relay gets from us in an hour, beyond the burst: 40 in the first one.</summary>
    public int PublishPerHour { get; init; } = 30;

    /// <summary>The pause after <c>rate-limited:</c> or <c>error:</c> on an event of ours; doubles up to <see cref="LongestPause"/>.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest such pause, and the pause after <c>blocked:</c>.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether a relay that we publish to may have what we announce now. Default: always.</summary>
    public Func<Uri, bool> MayPublish { get; init; } = _ => true;

    /// <summary>Whether relays that others named may learn our key too when they ask for it (NIP-42). Default: no, it would tie our address to it.</summary>
    public bool AuthenticateToFound { get; init; }
}

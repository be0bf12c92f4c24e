namespace FedAi.Daemon.Store;

/// <summary>One API key of /v1 as its operator made it, without its secret. Times are Unix ms; a limit that is null is the daemon's default (<c>api.*</c>).</summary>
internal sealed record ApiKeyRow
{
    /// <summary>Names the key in commands; it is no secret and opens nothing.</summary>
    public required string Id { get; init; }

    /// <summary>Whose requests these are: what the key does is booked to this identity, and the lists and the web of trust judge it.</summary>
    public required string Npub { get; init; }

    /// <summary>The operator's own word for it; may be empty.</summary>
    public required string Name { get; init; }

    /// <summary>The group it belongs to, whose use is summed up and may have a limit; may be empty.</summary>
    public string Namespace { get; init; } = "";

    public required long CreatedMs { get; init; }
    public long? ExpiresMs { get; init; }
    public long? RevokedMs { get; init; }

    /// <summary>Requests per second in the long run, and how many may come at once.</summary>
    public double? PerSecond { get; init; }
    public long? Burst { get; init; }

    /// <summary>Requests being answered at the same time.</summary>
    public long? Concurrency { get; init; }

    /// <summary>Tokens of prompts and answers together in one <see cref="Period"/>; null is no limit.</summary>
    public long? Tokens { get; init; }
    public QuotaPeriod Period { get; init; }

    /// <summary>The models it may ask; empty is all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];
}

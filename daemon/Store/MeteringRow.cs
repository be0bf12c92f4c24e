namespace FedAi.Daemon.Store;

/// <summary>One metered request: the node's signed metering envelope as it arrived, and what is counted of it (npubs, tokens, ms, msat).</summary>
internal sealed record MeteringRow
{
    public required string RequestId { get; init; }
    public required string Node { get; init; }
    
    /// <summary>Who asked: a client at a router, a router at a node; null for an OpenAI caller without a key. A requestId counts once for each.</summary>
    public string? Client { get; init; }
    public required string Model { get; init; }
    public required long InputTokens { get; init; }
    public required long OutputTokens { get; init; }
    public required long WallMs { get; init; }
    public long? PriceMsat { get; init; }

    /// <summary>The wire name: <c>complete</c>, <c>partial</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }
    public required long TsMs { get; init; }
    public required byte[] Envelope { get; init; }

    /// <summary>At a gateway, the rest of the proof as JSON (salt, prompt hash, response digest; DECISIONS E5). Never a prompt or an output.</summary>
    public byte[]? Proof { get; init; }
}

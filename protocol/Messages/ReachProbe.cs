namespace FedAi.Protocol.Messages;

/// <summary>Asks a router to try whether this address leads back to the asker (POST /probe).</summary>
public sealed record ReachProbe
{
    public required string Endpoint { get; init; }
    public IReadOnlyList<string>? TlsSpki { get; init; }
}

namespace FedAi.Protocol.Messages;

/// <summary>Measures the way to a router (POST /throughput): padding is what is sent up, bytes (at most 1 MiB) what the router sends down, as an octet stream.</summary>
public sealed record ThroughputProbe
{
    public required long Bytes { get; init; }
    public required string Padding { get; init; }
}

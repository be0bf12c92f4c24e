namespace FedAi.Protocol.Messages;

/// <summary>What came of a <see cref="ReachProbe"/>: whether the asker answered there, from which address it asked, and else the error code that says why not.</summary>
public sealed record ReachReport
{
    public required bool Reachable { get; init; }
    public required string SeenAs { get; init; }
    public string? Reason { get; init; }
}

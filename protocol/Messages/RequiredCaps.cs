namespace FedAi.Protocol.Messages;

/// <summary>What a job needs.</summary>
public sealed record RequiredCaps
{
    public string? ModelId { get; init; }
    public IReadOnlyList<string>? Tools { get; init; }
}

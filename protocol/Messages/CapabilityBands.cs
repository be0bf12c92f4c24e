namespace FedAi.Protocol.Messages;

/// <summary>Coarse hardware bands of a machine; names as in the federation spec.</summary>
public sealed record CapabilityBands
{
    public required string Cpu { get; init; }
    public required string Ram { get; init; }
    public required string Disk { get; init; }
    public required string Net { get; init; }
    public required string Gpu { get; init; }
}

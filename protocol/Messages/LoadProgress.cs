namespace FedAi.Protocol.Messages;

/// <summary>Beside <c>model-loading</c>: how much of the model is there, in percent, and in how many ms the rest will be, where that can be told.</summary>
public sealed record LoadProgress
{
    public required long Percent { get; init; }
    public long? EtaMs { get; init; }
}

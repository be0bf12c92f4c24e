namespace FedAi.Runners.Library;

/// <summary>A download that stopped: the model's name to be, the bytes that are here, all there will be, and the source it goes on with.</summary>
public sealed record UnfinishedModel(string Name, long Bytes, long AllBytes, string Source);

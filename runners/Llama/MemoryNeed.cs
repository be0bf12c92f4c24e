namespace FedAi.Runners.Llama;

/// <summary>What a model takes, in bytes: of memory, of which the weights are mapped from its file (the system counts those as free), and of a GPU's memory.</summary>
internal sealed record MemoryNeed(long MappedBytes, long MemoryBytes, long GpuBytes);

namespace FedAi.Runners.Llama.Pipe;

/// <summary>What to load: the folder of llama.cpp's libraries, the model's file, the context of one request in tokens, how many requests share the loop, processor threads, the most memory in bytes, layers on the GPU (-1: all), and the bytes that they will take there.</summary>
internal sealed record LoadSettings(string Libraries, string Model, int ContextTokens, int Slots, int Threads, long MemoryBytes, int GpuLayers = 0, long GpuBytes = 0);

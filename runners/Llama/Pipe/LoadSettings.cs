namespace FedAi.Runners.Llama.Pipe;

/// <summary>What to load: the folder of llama.cpp's libraries, the model's file, the context of one request in tokens, how many requests share the loop, processor threads, and the most memory in bytes.</summary>
internal sealed record LoadSettings(string Libraries, string Model, int ContextTokens, int Slots, int Threads, long MemoryBytes);

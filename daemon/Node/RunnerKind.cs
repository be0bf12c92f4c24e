namespace FedAi.Daemon.Node;

/// <summary>What makes the tokens: nothing, or llama.cpp in a caged child process.</summary>
internal enum RunnerKind { None, Llama }

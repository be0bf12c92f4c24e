namespace FedAi.Runners.Llama.Pipe;

/// <summary>One chat message for the model's template.</summary>
internal sealed record Message(string Role, string Content);

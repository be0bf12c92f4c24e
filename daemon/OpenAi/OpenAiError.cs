namespace FedAi.Daemon.OpenAi;

/// <summary>A refusal as OpenAI's clients read it: <c>{"error":{"message","type","param","code"}}</c> with this status.</summary>
internal sealed record OpenAiError(int Status, string Type, string Code, string Message, string? Param, int? RetryAfterSeconds);

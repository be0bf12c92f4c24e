using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>A refusal as OpenAI's clients read it: <c>{"error":{"message","type","param","code"}}</c> with this status. Beside <c>model_loading</c> it has a member <c>loading</c> where the progress is known.</summary>
internal sealed record OpenAiError(int Status, string Type, string Code, string Message, string? Param, int? RetryAfterSeconds, LoadProgress? Loading = null);

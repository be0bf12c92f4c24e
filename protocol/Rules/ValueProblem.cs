using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>What is wrong with a value of a request: where, by the member's path as OpenAI writes it, and in one sentence what would be right.</summary>
public sealed record ValueProblem(ErrorCode Code, string Param, string What);

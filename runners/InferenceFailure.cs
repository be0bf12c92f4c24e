using FedAi.Protocol.Messages;

namespace FedAi.Runners;

/// <summary>The answer will not be finished.</summary>
public sealed record InferenceFailure(Refusal Refusal) : InferenceEvent;

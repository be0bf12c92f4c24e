using FedAi.Protocol.Rules;
using FedAi.Runners.Roles;

namespace FedAi.Daemon.Node;

/// <summary>The most one request may ask of this node: requests at once, answer tokens and prompt bytes of a model, time.</summary>
internal sealed record NodeLimits(int MaxConcurrency, int MaxTokens, int MaxPromptBytes, TimeSpan MaxRuntime)
{
    /// <summary>Bytes of one job of a small role.</summary>
    public int MaxRoleBytes { get; init; } = RoleRunner.MostJobBytes;

    /// <summary>Bytes of a prompt and tokens of its answer; a role's answer may be as long as its job, whatever the model beside it may.</summary>
    public (int PromptBytes, int Tokens) Of(string modelId) =>
        RoleTypes.JobOf(modelId) is null ? (MaxPromptBytes, MaxTokens) : (MaxRoleBytes, MaxRoleBytes / RoleRunner.TokenBytes);
}

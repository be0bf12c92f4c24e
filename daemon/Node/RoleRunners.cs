using FedAi.Runners;
using FedAi.Runners.Roles;

namespace FedAi.Daemon.Node;

/// <summary>The small roles that the operator switched on, beside the model or instead of one.</summary>
internal static class RoleRunners
{
    public static IRunner Add(IRunner model, NodeOptions node, RunnerOptions runner, TimeProvider time)
    {
        if (node.Roles.Count == 0) return model;
        var roles = new RoleRunner(node.Roles, time);
        return runner.Kind == RunnerKind.None ? roles : new CombinedRunner(model, roles);
    }
}

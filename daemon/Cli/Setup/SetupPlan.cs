using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>What set-up would do: the roles with their limits, the options it takes, what to be warned of and what to know.</summary>
internal sealed record SetupPlan(IReadOnlyList<string> Roles, NodeDefaults? Limits, IReadOnlyList<SetupSetting> Settings, IReadOnlyList<string> Warnings, IReadOnlyList<string> Notes);

namespace FedAi.Daemon.Capability;

/// <summary>A role that this machine should not have, and every reason.</summary>
internal sealed record RoleRefusal(string Role, IReadOnlyList<string> Reasons);

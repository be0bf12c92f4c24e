namespace FedAi.Daemon.Capability;

/// <summary>One recommended role: why, and the limits it should have.</summary>
internal sealed record RoleAdvice(string Role, string Rationale, NodeDefaults Limits);

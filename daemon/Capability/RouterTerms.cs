using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Capability;

/// <summary>What a router's manifest binds it to: the most it takes, the policies that hold, and how much it writes down (off, basic or verbose).</summary>
internal sealed record RouterTerms(RouterLimits Limits, IReadOnlyList<string> Policies, string AuditMode);

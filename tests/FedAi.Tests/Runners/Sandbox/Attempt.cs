using FedAi.Runners.Sandbox;

namespace FedAi.Tests.Runners.Sandbox;

/// <summary>One thing that a hostile runner tries, and which denial it would break.</summary>
internal sealed record Attempt(string Name, Denials Breaks, Func<bool> Works);

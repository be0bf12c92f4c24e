using FedAi.Runners.Sandbox;

namespace FedAi.Tests.Runners.Sandbox;

/// <summary>A test of one level of the cage, skipped where the host does not have it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CageFactAttribute : FactAttribute
{
    public CageFactAttribute(IsolationLevel level)
    {
        Level = level;
        if (Cage.FindStrongest(level).Level != level) Skip = $"this host does not offer {DenialRules.Name(level)}";
    }

    public IsolationLevel Level { get; }
}

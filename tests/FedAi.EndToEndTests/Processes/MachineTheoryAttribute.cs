using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>A test on several other machines; skipped where none can be put in the place of this one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MachineTheoryAttribute : TheoryAttribute
{
    public MachineTheoryAttribute() => Skip = MachineTree.CannotEnter;
}

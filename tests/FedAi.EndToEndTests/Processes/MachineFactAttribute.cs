using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>A test on another machine than the one it runs on; skipped where none can be put in its place.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MachineFactAttribute : FactAttribute
{
    public MachineFactAttribute() => Skip = MachineTree.CannotEnter;
}

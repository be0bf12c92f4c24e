using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>A test that reads the memory of another process: the kernel lets root do that, and mostly a parent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProcessMemoryFactAttribute : FactAttribute
{
    public ProcessMemoryFactAttribute() => Skip = ProcessMemory.Problem;
}

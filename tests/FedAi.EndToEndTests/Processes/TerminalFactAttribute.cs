using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>A test in a terminal; skipped where none can be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute() => Skip = Terminal.Unavailable;
}

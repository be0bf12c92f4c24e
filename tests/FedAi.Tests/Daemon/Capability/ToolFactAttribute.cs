namespace FedAi.Tests.Daemon.Capability;

/// <summary>A test that compares with what a program of the system tells; skipped where that program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string tool) =>
        Skip = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, tool))) ? null : $"{tool} is not installed";
}

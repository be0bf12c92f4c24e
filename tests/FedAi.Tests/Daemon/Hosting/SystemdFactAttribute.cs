namespace FedAi.Tests.Daemon.Hosting;

/// <summary>A test that asks systemd about a unit; skipped where there is no systemd.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SystemdFactAttribute : FactAttribute
{
    public const string Program = "/usr/bin/systemd-analyze";

    public SystemdFactAttribute() => Skip = File.Exists(Program) ? null : "needs systemd-analyze";
}

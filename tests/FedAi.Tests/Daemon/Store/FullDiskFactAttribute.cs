using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Store;

/// <summary>A test that fills a disk; skipped with the reason where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FullDiskFactAttribute : FactAttribute
{
    public FullDiskFactAttribute() => Skip = SmallDisk.Unavailable;
}

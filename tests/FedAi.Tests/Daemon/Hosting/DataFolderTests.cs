using FedAi.Daemon.Hosting;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class DataFolderTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TryHold_Twice_SecondIsTurnedAwayUntilTheFirstLetsGo()
    {
        DataFolder.TryHold(folder.Path, out var first).ShouldBeTrue();
        DataFolder.TryHold(folder.Path, out _).ShouldBeFalse();

        first!.Dispose();

        DataFolder.TryHold(folder.Path, out var second).ShouldBeTrue();
        second!.Dispose();
    }
}

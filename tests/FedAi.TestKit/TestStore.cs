using FedAi.Daemon.Store;

namespace FedAi.TestKit;

/// <summary>A real store in a folder of its own, gone after the test.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly TempFolder folder = new();

    public TestStore()
    {
        Database = Database.Open(folder.File("store.db"));
        Tables = StoreTables.Of(Database);
    }

    public Database Database { get; }

    public StoreTables Tables { get; }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        folder.Dispose();
    }
}

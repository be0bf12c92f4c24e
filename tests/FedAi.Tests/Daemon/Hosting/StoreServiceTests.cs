using FedAi.Daemon.Hosting;
using FedAi.Daemon.Store;
using FedAi.TestKit;
using FedAi.Tests.Daemon.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class StoreServiceTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Forget_AfterTheirTime_NothingStaysLonger()
    {
        await using var store = new TestStore();
        var clock = new ManualTime();
        await store.Tables.Replay.CommitNonceAsync(new ReplayNonce(1, Now.ToUnixTimeMilliseconds() - 300_001));
        await store.Tables.Replay.CommitNonceAsync(new ReplayNonce(2, Now.ToUnixTimeMilliseconds() - 300_000));
        await store.Tables.Metering.AddAsync(MeteringTableTests.Row("old", ts: Now.AddDays(-11).ToUnixTimeMilliseconds()), Durability.Full);
        await store.Tables.Metering.AddAsync(MeteringTableTests.Row("new", ts: Now.AddDays(-9).ToUnixTimeMilliseconds()), Durability.Full);
        await store.Tables.Nodes.SaveAsync(new NodeRow("npub1old", "old", [], Now.AddDays(-31).ToUnixTimeMilliseconds()), Durability.Full);
        await store.Tables.Nodes.SaveAsync(new NodeRow("npub1new", "new", [], Now.AddDays(-29).ToUnixTimeMilliseconds()), Durability.Full);
        using var service = new StoreService(store.Database, store.Tables, new StoreOptions { MeteringDays = 10 }, clock, NullLogger<StoreService>.Instance);

        await service.ForgetAsync();

        (await store.Tables.Replay.LoadAsync(long.MinValue)).Nonces.ShouldBe([new ReplayNonce(2, Now.ToUnixTimeMilliseconds() - 300_000)]);
        store.Tables.Metering.Get("old").ShouldBeEmpty();
        store.Tables.Metering.Get("new").Count.ShouldBe(1);
        store.Tables.Nodes.Load().ShouldHaveSingleItem().NodeId.ShouldBe("new");
    }

    [Fact]
    public async Task Run_WriterEndedByAFault_FailsWithIt()
    {
        await using var store = new TestStore();
        using var service = new StoreService(store.Database, store.Tables, new StoreOptions(), TimeProvider.System, NullLogger<StoreService>.Instance);
        await service.StartAsync(CancellationToken.None);

        // As if SQLite had found the file damaged.
        await store.Database.WriteAsync(Durability.Full, _ => throw new SqliteException(SQLitePCL.raw.SQLITE_CORRUPT, "damaged")).ShouldThrowAsync<SqliteException>();

        await Should.ThrowAsync<SqliteException>(() => service.ExecuteTask!.WaitAsync(Patience.Limit));
    }
}

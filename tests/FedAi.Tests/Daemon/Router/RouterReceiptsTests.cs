using FedAi.Daemon.Router;
using FedAi.Daemon.Store;
using FedAi.Protocol.Rules;
using FedAi.TestKit;
using FedAi.Tests.Daemon.Store;

namespace FedAi.Tests.Daemon.Router;

public sealed class RouterReceiptsTests
{
    private const long Quarter = 900_000;
    private const long From = 2_000_000 * Quarter;

    [Fact]
    public async Task Newest_RecordsOfAQuarterHour_GiveTheirRootWhenNoneCanComeLate()
    {
        await using var store = new TestStore();
        byte[][] envelopes = ["{\"payload\":1}"u8.ToArray(), "{\"payload\":2}"u8.ToArray()];
        await AddAsync(store, "early", From, envelopes[0]);
        await AddAsync(store, "late", From + Quarter - 1, envelopes[1]);
        await AddAsync(store, "before", From - 1, "{\"payload\":3}"u8.ToArray());
        await AddAsync(store, "after", From + Quarter, "{\"payload\":4}"u8.ToArray());
        var receipts = new RouterReceipts(store.Tables.Metering);

        receipts.Newest(From + Quarter + 359_999).ShouldNotBeNull().UntilMs.ShouldBe(From);
        var window = receipts.Newest(From + Quarter + 360_000).ShouldNotBeNull();

        (window.FromMs, window.UntilMs).ShouldBe((From, From + Quarter));
        window.Root.ShouldBe(Convert.ToHexStringLower(MerkleTree.Root(envelopes.Select(envelope => MerkleTree.Leaf(envelope)))));
    }

    [Fact]
    public async Task Newest_NothingMetered_IsNothing()
    {
        await using var store = new TestStore();

        new RouterReceipts(store.Tables.Metering).Newest(From).ShouldBeNull();
    }

    private static async Task AddAsync(TestStore store, string id, long ts, byte[] envelope) =>
        (await store.Tables.Metering.AddAsync(MeteringTableTests.Row(id, ts: ts) with { Envelope = envelope }, Durability.Full)).ShouldBeNull();
}

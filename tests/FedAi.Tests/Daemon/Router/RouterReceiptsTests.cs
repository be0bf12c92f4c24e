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
        using var receipts = new RouterReceipts(store.Tables.Metering);

        receipts.Newest(From + Quarter + 359_999).ShouldNotBeNull().UntilMs.ShouldBe(From);
        var window = receipts.Newest(From + Quarter + 360_000).ShouldNotBeNull();

        (window.FromMs, window.UntilMs).ShouldBe((From, From + Quarter));
        window.Root.ShouldBe(Convert.ToHexStringLower(MerkleTree.Root(envelopes.Select(envelope => MerkleTree.Leaf(envelope)))));
    }

    [Fact]
    public async Task Newest_NothingMetered_IsNothing()
    {
        await using var store = new TestStore();

        using var receipts = new RouterReceipts(store.Tables.Metering);

        receipts.Newest(From).ShouldBeNull();
    }

    [Fact]
    public async Task Find_InTheWindowsAskedForLast_ReadsTheBooksOnce()
    {
        await using var store = new TestStore();
        for (var i = 0; i < 5; i++) await AddAsync(store, $"request-{i}", From + i * Quarter, "{\"payload\":1}"u8.ToArray());
        var rows = Enumerable.Range(0, 5).Select(i => store.Tables.Metering.Get($"request-{i}").ShouldHaveSingleItem()).ToList();
        using var receipts = new RouterReceipts(store.Tables.Metering);
        var now = From + 10 * Quarter;
        async Task<string?> RootAsync(int i) => (await receipts.FindAsync(rows[i], now, CancellationToken.None)).Window?.Root;
        var first = await RootAsync(0);
        first.ShouldNotBeNull();
        for (var i = 1; i < 4; i++) await RootAsync(i);

        (await store.Tables.Metering.ForgetAsync(now)).ShouldBeNull();

        (await RootAsync(0)).ShouldBe(first, "it is not read again");
        (await receipts.FindAsync(rows[0], now, CancellationToken.None)).Path!.Count.ShouldBe(1);
        (await receipts.WindowOfAsync(From, now, CancellationToken.None)).Root.ShouldBe(first);
        (await RootAsync(4)).ShouldBeNull("it was not asked for before the books were gone");
        (await RootAsync(0)).ShouldBeNull("only the last four are kept");
    }

    [Fact]
    public async Task Find_WhoeverLeavesWhileHeWaits_IsGone()
    {
        await using var store = new TestStore();
        await AddAsync(store, "request", From, "{\"payload\":1}"u8.ToArray());
        using var receipts = new RouterReceipts(store.Tables.Metering);
        using var left = new CancellationTokenSource();
        await left.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => receipts.FindAsync(store.Tables.Metering.Get("request")[0], From + 10 * Quarter, left.Token));
    }

    private static async Task AddAsync(TestStore store, string id, long ts, byte[] envelope) =>
        (await store.Tables.Metering.AddAsync(MeteringTableTests.Row(id, ts: ts) with { Envelope = envelope }, Durability.Full)).ShouldBeNull();
}

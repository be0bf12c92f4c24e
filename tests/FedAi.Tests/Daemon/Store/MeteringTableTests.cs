using FedAi.Daemon.Store;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Store;

public sealed class MeteringTableTests : IAsyncLifetime
{
    private readonly TestStore store = new();

    private MeteringTable Table => store.Tables.Metering;

    internal static MeteringRow Row(string requestId, string node = "npub1node", string model = "tiny", long ts = 1000, int envelopeBytes = 500) => new()
    {
        RequestId = requestId,
        Node = node,
        Client = "npub1client",
        Model = model,
        InputTokens = 10,
        OutputTokens = 20,
        WallMs = 30,
        PriceMsat = 40,
        Status = "complete",
        TsMs = ts,
        Envelope = new byte[envelopeBytes],
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => store.DisposeAsync().AsTask();

    [Fact]
    public async Task Add_ThenGet_GivesTheEnvelopeByteForByte()
    {
        var row = Row("r1") with { Envelope = "{\"payload\":{}, \"x\":1}"u8.ToArray(), Proof = "{}"u8.ToArray(), Client = null, PriceMsat = null };

        (await Table.AddAsync(row, Durability.Full)).ShouldBeNull();

        var kept = Table.Get("r1").ShouldHaveSingleItem();
        kept.Envelope.ShouldBe(row.Envelope);
        kept.Proof.ShouldBe(row.Proof);
        (kept with { Envelope = row.Envelope, Proof = row.Proof }).ShouldBe(row);
    }

    [Fact]
    public async Task Add_SameNodeAndRequest_IsRefusedAndTheFirstStays()
    {
        await Table.AddAsync(Row("r1"), Durability.Normal);

        var refusal = await Table.AddAsync(Row("r1", model: "other"), Durability.Full);

        refusal!.Code.ShouldBe(ErrorCode.MeteringDuplicate);
        Table.Get("r1").ShouldHaveSingleItem().Model.ShouldBe("tiny");
    }

    [Fact]
    public async Task Add_SameRequestOfAnotherNode_IsKept()
    {
        await Table.AddAsync(Row("r1", "npub1a"), Durability.Normal);
        (await Table.AddAsync(Row("r1", "npub1b"), Durability.Full)).ShouldBeNull();

        Table.Get("r1").Select(row => row.Node).ShouldBe(["npub1a", "npub1b"], ignoreOrder: true);
    }

    [Fact]
    public async Task Totals_PerNodeAndModel_AreTheSumsSinceThen()
    {
        await Table.AddAsync(Row("old", "npub1a", ts: 1), Durability.Normal);
        await Table.AddAsync(Row("r1", "npub1a"), Durability.Normal);
        await Table.AddAsync(Row("r2", "npub1a") with { PriceMsat = null }, Durability.Normal);
        await Table.AddAsync(Row("r3", "npub1a", "big"), Durability.Normal);
        await Table.AddAsync(Row("r4", "npub1b"), Durability.Full);

        Table.Totals(sinceMs: 1000).ShouldBe(
        [
            new MeteringTotal("npub1a", "big", 1, 10, 20, 30, 40),
            new MeteringTotal("npub1a", "tiny", 2, 20, 40, 60, 40),
            new MeteringTotal("npub1b", "tiny", 1, 10, 20, 30, 40),
        ]);
    }

    [Fact]
    public async Task Totals_OfAbsurdNumbers_DoNotFail()
    {
        await Table.AddAsync(Row("r1") with { OutputTokens = long.MaxValue }, Durability.Normal);
        await Table.AddAsync(Row("r2") with { OutputTokens = long.MaxValue }, Durability.Full);

        Table.Totals().ShouldHaveSingleItem().OutputTokens.ShouldBe(long.MaxValue);
    }

    [Fact]
    public async Task Forget_OlderThan_KeepsTheRest()
    {
        await Table.AddAsync(Row("old", ts: 999), Durability.Normal);
        await Table.AddAsync(Row("new", ts: 1000), Durability.Full);

        await Table.ForgetAsync(1000);

        Table.Get("old").ShouldBeEmpty();
        Table.Get("new").Count.ShouldBe(1);
    }
}

using FedAi.Daemon.Store;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Store;

public sealed class NodeTableTests : IAsyncLifetime
{
    private readonly TestStore store = new();

    private NodeTable Table => store.Tables.Nodes;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => store.DisposeAsync().AsTask();

    [Fact]
    public async Task Save_SameKeyAgain_ReplacesTheEnvelope()
    {
        await SaveAsync("npub1a", "one", envelope: 1);
        (await SaveAsync("npub1a", "one", envelope: 2)).ShouldBeNull();

        Table.Load().ShouldHaveSingleItem().Envelope.ShouldBe([2]);
    }

    [Fact]
    public async Task Save_IdOfAnotherKey_IsRefusedAndNothingChanges()
    {
        await SaveAsync("npub1a", "one");
        await SaveAsync("npub1b", "two");

        (await SaveAsync("npub1b", "one"))!.Code.ShouldBe(ErrorCode.NodeIdTaken);

        Table.Load().Select(row => (row.Npub, row.NodeId)).ShouldBe([("npub1a", "one"), ("npub1b", "two")], ignoreOrder: true);
    }

    [Fact]
    public async Task Save_NewIdOfTheSameKey_FreesTheOldOne()
    {
        await SaveAsync("npub1a", "one");
        (await SaveAsync("npub1a", "renamed")).ShouldBeNull();

        (await SaveAsync("npub1b", "one")).ShouldBeNull();
    }

    [Fact]
    public async Task Save_TwoKeysForOneIdAtOnce_OneWins()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => SaveAsync($"npub1{i}", "wanted")));

        answers.Count(answer => answer is null).ShouldBe(1);
        Table.Load().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Forget_SilentNodes_FreesTheirIds()
    {
        await SaveAsync("npub1a", "one", seenMs: 99);
        await SaveAsync("npub1b", "two", seenMs: 100);

        await Table.ForgetAsync(100);

        Table.Load().ShouldHaveSingleItem().NodeId.ShouldBe("two");
        (await SaveAsync("npub1c", "one")).ShouldBeNull();
    }

    private Task<Refusal?> SaveAsync(string npub, string nodeId, byte envelope = 0, long seenMs = 100) =>
        Table.SaveAsync(new NodeRow(npub, nodeId, [envelope], seenMs), Durability.Full);
}

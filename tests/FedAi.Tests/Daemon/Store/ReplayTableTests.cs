using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Store;

public sealed class ReplayTableTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string StorePath => folder.File("store.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Load_FirstStart_IsCleanWithNothing()
    {
        await using var database = Database.Open(StorePath);

        var memory = await new ReplayTable(database).LoadAsync(0);

        (memory.FloorMs, memory.WasClean, memory.Nonces.Count).ShouldBe((0, true, 0));
    }

    [Fact]
    public async Task Load_AfterAStopThatWasNotMarked_IsUnclean()
    {
        await using (var database = Database.Open(StorePath))
            await new ReplayTable(database).LoadAsync(0);

        await using var again = Database.Open(StorePath);
        (await new ReplayTable(again).LoadAsync(0)).WasClean.ShouldBeFalse();
    }

    [Fact]
    public async Task Load_AfterAMarkedStop_IsCleanAndHasEveryNonce()
    {
        var nonces = Enumerable.Range(0, 5000).Select(i => new ReplayNonce((UInt128)i, 1000 + i)).ToList();
        await using (var database = Database.Open(StorePath))
        {
            var table = new ReplayTable(database);
            await table.LoadAsync(0);
            Parallel.ForEach(nonces, table.RememberLater);
            (await table.MarkCleanAsync()).ShouldBeNull();
        }

        await using var again = Database.Open(StorePath);
        var memory = await new ReplayTable(again).LoadAsync(0);
        memory.WasClean.ShouldBeTrue();
        memory.Nonces.ShouldBe(nonces, ignoreOrder: true);
    }

    [Fact]
    public async Task Load_AfterACleanStart_IsUncleanAgainUntilTheNextMark()
    {
        await using (var database = Database.Open(StorePath))
        {
            var table = new ReplayTable(database);
            await table.LoadAsync(0);
            await table.MarkCleanAsync();
        }

        await using (var database = Database.Open(StorePath))
            (await new ReplayTable(database).LoadAsync(0)).WasClean.ShouldBeTrue();

        await using var again = Database.Open(StorePath);
        (await new ReplayTable(again).LoadAsync(0)).WasClean.ShouldBeFalse();
    }

    [Fact]
    public async Task CommitFloor_LowerThanBefore_DoesNotFall()
    {
        await using var database = Database.Open(StorePath);
        var table = new ReplayTable(database);
        await table.CommitFloorAsync(2000);
        await table.CommitFloorAsync(1000);

        (await table.LoadAsync(0)).FloorMs.ShouldBe(2000);
    }

    [Fact]
    public async Task CommitNonce_Twice_IsReused()
    {
        await using var database = Database.Open(StorePath);
        var table = new ReplayTable(database);
        var nonce = new ReplayNonce(7, 1000);

        (await table.CommitNonceAsync(nonce)).ShouldBeNull();
        (await table.CommitNonceAsync(nonce))!.Code.ShouldBe(ErrorCode.NonceReused);
    }

    [Fact]
    public async Task Load_NoncesBeyondTheWindow_AreForgotten()
    {
        await using var database = Database.Open(StorePath);
        var table = new ReplayTable(database);
        await table.CommitNonceAsync(new ReplayNonce(1, 999));
        await table.CommitNonceAsync(new ReplayNonce(2, 1000));

        (await table.LoadAsync(oldestTsMs: 1000)).Nonces.ShouldBe([new ReplayNonce(2, 1000)]);
        database.Read(statements => statements.Query("SELECT count(*) FROM nonces", row => row.GetInt64(0))).ShouldBe([1L]);
    }

    [Fact]
    public async Task Copy_AtEveryAcknowledgedMoment_HoldsWhatWasAcknowledged()
    {
        await using var database = Database.Open(StorePath);
        var table = new ReplayTable(database);
        await table.LoadAsync(0);
        for (var step = 1; step <= 20; step++)
        {
            await table.CommitFloorAsync(step * 10_000);
            await table.CommitNonceAsync(new ReplayNonce((UInt128)step, (step * 10_000) + 5000));

            using var copy = new TempFolder();
            foreach (var file in Directory.GetFiles(folder.Path)) File.Copy(file, copy.File(Path.GetFileName(file)));
            await using var opened = Database.Open(copy.File("store.db"));
            var memory = await new ReplayTable(opened).LoadAsync(0);
            memory.WasClean.ShouldBeFalse();
            memory.FloorMs.ShouldBe(step * 10_000);
            memory.Nonces.Select(nonce => nonce.Id).Order().ShouldBe(Enumerable.Range(1, step).Select(i => (UInt128)i));
        }
    }

    [Fact]
    public void NonceOf_KeyAndText_DependsOnBoth()
    {
        using var a = KeyPair.Generate();
        using var b = KeyPair.Generate();

        ReplayNonce.Of(a.PublicKey, "x", 1).ShouldBe(ReplayNonce.Of(a.PublicKey, "x", 1));
        ReplayNonce.Of(a.PublicKey, "x", 1).Id.ShouldNotBe(ReplayNonce.Of(a.PublicKey, "y", 1).Id);
        ReplayNonce.Of(a.PublicKey, "x", 1).Id.ShouldNotBe(ReplayNonce.Of(b.PublicKey, "x", 1).Id);
        // Two lone surrogates are two nonces, although UTF-8 has no form for either.
        ReplayNonce.Of(a.PublicKey, "\ud800", 1).Id.ShouldNotBe(ReplayNonce.Of(a.PublicKey, "\ud801", 1).Id);
    }

    [Fact]
    public void NonceOf_GivenKeyAndText_IsWhatEarlierStoresHold()
    {
        PublicKey.TryParse("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", out var key).ShouldBeTrue();

        ReplayNonce.Of(key!, "x", 1).Id.ToString("x32").ShouldBe("ed5ae57de8cb2a85483fab3e0a1daae7");
    }

    [Fact]
    public void NonceOf_FractionalTime_IsRoundedUpSoThatItIsNotForgottenEarly()
    {
        using var key = KeyPair.Generate();

        ReplayNonce.Of(key.PublicKey, "x", 1000.25).TsMs.ShouldBe(1001);
    }
}

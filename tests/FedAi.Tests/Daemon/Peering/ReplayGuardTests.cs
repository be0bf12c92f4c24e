using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Peering;

/// <summary>DECISIONS E8: whatever was admitted once is never admitted again, wherever the daemon or the power was cut off.</summary>
public sealed class ReplayGuardTests : IDisposable
{
    private static readonly PublicKey Key = KeyPair.Generate().PublicKey;

    private readonly TempFolder folder = new();
    private readonly ManualTime clock = new();

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Admit_CopyOfTheStoreAtAnyMoment_LetsNothingPassTwice(bool powerLoss)
    {
        var random = new Random(20260601);
        var admitted = new List<(string Nonce, double Ts)>();
        await using var database = Database.Open(folder.File("store.db"));
        var guard = new ReplayGuard(new ReplayTable(database), clock);
        await guard.RestoreAsync();

        for (var round = 0; round < 12; round++)
        {
            var batch = Enumerable.Range(0, 25).Select(i => (Nonce: $"{round}-{i}", Ts: Now + random.NextDouble() * 2 * ReplayRules.WindowMs - ReplayRules.WindowMs)).ToList();
            var answers = await Task.WhenAll(batch.Select(one => guard.AdmitAsync(Key, one.Nonce, one.Ts).AsTask()));
            answers.ShouldAllBe(refusal => refusal == null);
            admitted.AddRange(batch);

            await ReplayOnACopyAsync(admitted, powerLoss);
            clock.Move(TimeSpan.FromSeconds(3));
        }
    }

    [Fact]
    public async Task Admit_AfterACrash_TakesNewRequestsWithinTenSeconds()
    {
        await using (var database = Database.Open(folder.File("store.db")))
        {
            var guard = new ReplayGuard(new ReplayTable(database), clock);
            await guard.RestoreAsync();
            (await guard.AdmitAsync(Key, "before", Now)).ShouldBeNull();
        }

        await using var reopened = Database.Open(folder.File("store.db"));
        var after = new ReplayGuard(new ReplayTable(reopened), clock);
        await after.RestoreAsync();
        var refusal = await after.AdmitAsync(Key, "soon", Now);
        refusal!.Code.ShouldBe(ErrorCode.ReplayFloor);
        refusal.RetryAfterSeconds!.Value.ShouldBeInRange(1, 11);

        clock.Move(TimeSpan.FromSeconds(refusal.RetryAfterSeconds.Value));
        (await after.AdmitAsync(Key, "later", Now)).ShouldBeNull();
    }

    [Fact]
    public async Task Admit_AfterAGracefulStop_RefusesTheOldAndTakesTheNewAtOnce()
    {
        await using (var database = Database.Open(folder.File("store.db")))
        {
            var guard = new ReplayGuard(new ReplayTable(database), clock);
            await guard.RestoreAsync();
            (await guard.AdmitAsync(Key, "old", Now)).ShouldBeNull();
            await guard.MarkCleanAsync();
        }

        await using var reopened = Database.Open(folder.File("store.db"));
        var after = new ReplayGuard(new ReplayTable(reopened), clock);
        await after.RestoreAsync();
        (await after.AdmitAsync(Key, "old", Now))!.Code.ShouldBe(ErrorCode.NonceReused);
        (await after.AdmitAsync(Key, "new", Now)).ShouldBeNull();
    }

    [Fact]
    public async Task Admit_SameNonceAtOnce_PassesExactlyOnce()
    {
        await using var database = Database.Open(folder.File("store.db"));
        var guard = new ReplayGuard(new ReplayTable(database), clock);
        await guard.RestoreAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => guard.AdmitAsync(Key, "same", Now).AsTask())));

        answers.Count(refusal => refusal is null).ShouldBe(1);
        answers.Where(refusal => refusal is not null).ShouldAllBe(refusal => refusal!.Code == ErrorCode.NonceReused);
    }

    [Fact]
    public async Task Forget_NobodyAsksAnyMore_WindowThatPassedIsReleased()
    {
        await using var database = Database.Open(folder.File("store.db"));
        var guard = new ReplayGuard(new ReplayTable(database), clock);
        await guard.RestoreAsync();
        for (var i = 0; i < 10; i++) (await guard.AdmitAsync(Key, $"{i}", Now)).ShouldBeNull();

        guard.Forget();
        guard.ReleasedBytes.ShouldBe(0);
        clock.Move(TimeSpan.FromMilliseconds(ReplayRules.WindowMs) + TimeSpan.FromMinutes(1));
        guard.Forget();

        guard.ReleasedBytes.ShouldBeGreaterThan(0);
    }

    private async Task ReplayOnACopyAsync(List<(string Nonce, double Ts)> admitted, bool powerLoss)
    {
        using var copy = new TempFolder();
        foreach (var file in Directory.GetFiles(folder.Path)) File.Copy(file, copy.File(Path.GetFileName(file)));
        await using var database = Database.Open(copy.File("store.db"));
        var table = new ReplayTable(database);

        // A power cut may lose whatever was not synced: everything that was only written behind. What is above the floor was synced by itself.
        if (powerLoss)
            await database.WriteAsync(Durability.Full, statements =>
            {
                statements.Execute("DELETE FROM nonces WHERE ts <= (SELECT floor_ms FROM replay)");
                return null;
            });

        var guard = new ReplayGuard(table, clock);
        await guard.RestoreAsync();
        foreach (var (nonce, ts) in admitted.Where(one => ReplayRules.InWindow(one.Ts, Now)))
            (await guard.AdmitAsync(Key, nonce, ts)).ShouldNotBeNull($"{nonce} at {ts}");
    }
}

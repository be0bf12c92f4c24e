using FedAi.Daemon.Accounts;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Accounts;

public sealed class ApiKeysTests : IDisposable
{
    private static readonly ApiOptions Defaults = new() { Rps = 2, Burst = 3, Concurrency = 2 };

    private readonly TempFolder folder = new();
    private readonly ManualTime time = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Find_SecretOfAKey_OpensItAndNothingElseDoes()
    {
        await using var database = Open();
        var keys = Keys(database);
        var (account, secret, _) = await keys.IssueAsync(Key());

        keys.Find(secret).Account.ShouldBeSameAs(account);
        keys.Find(ApiSecret.Create()).Refusal!.Hint!.ShouldContain("not known here");
        keys.Find("whatever").Refusal!.Code.ShouldBe(ErrorCode.Unauthorized);
    }

    [Fact]
    public async Task Find_RevokedExpiredOrReplaced_SaysWhichAndWhatToDo()
    {
        await using var database = Open();
        var keys = Keys(database);
        var (revoked, revokedSecret, _) = await keys.IssueAsync(Key());
        var (_, expiredSecret, _) = await keys.IssueAsync(Key() with { ExpiresMs = time.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds() });
        var (rotated, oldSecret, _) = await keys.IssueAsync(Key());
        var (_, newSecret, _) = await keys.RotateAsync(rotated!.Key.Id, TimeSpan.FromHours(1));
        await keys.RevokeAsync(revoked!.Key.Id);

        keys.Find(revokedSecret).Refusal!.Hint!.ShouldContain("revoked");
        // Within the grace period both open the same key.
        keys.Find(expiredSecret).Account.ShouldNotBeNull();
        keys.Find(oldSecret).Account.ShouldBeSameAs(keys.Find(newSecret).Account);
        time.Move(TimeSpan.FromHours(1));

        keys.Find(expiredSecret).Refusal!.Hint!.ShouldContain("expired");
        keys.Find(oldSecret).Refusal!.Hint!.ShouldContain("replaced");
        keys.Find(newSecret).Account.ShouldNotBeNull();
    }

    [Fact]
    public async Task Rotate_ManyTimes_KeepsFewSecretsAndTheNewestOpens()
    {
        await using var database = Open();
        var keys = Keys(database);
        var (account, _, _) = await keys.IssueAsync(Key());
        string? newest = null;
        for (var i = 0; i < 20; i++) (_, newest, _) = await keys.RotateAsync(account!.Key.Id, TimeSpan.FromDays(1));

        new ApiKeyTable(database).Secrets().Count.ShouldBe(8);
        keys.Find(newest).Account.ShouldBeSameAs(account);
    }

    [Fact]
    public async Task Revoke_KeyThatIsNotThere_IsRefused()
    {
        await using var database = Open();

        (await Keys(database).RevokeAsync("deadbeef")).Refusal!.Hint!.ShouldContain("fedai apikeys list");
        (await Keys(database).RotateAsync("deadbeef", TimeSpan.Zero)).Refusal!.Code.ShouldBe(ErrorCode.NotFound);
    }

    [Fact]
    public async Task Store_AfterARestart_HasTheKeysAndNoSecret()
    {
        string secret;
        await using (var database = Open()) secret = (await Keys(database).IssueAsync(Key() with { Name = "ana", Models = ["a", "b"] })).Secret!;

        foreach (var file in Directory.GetFiles(folder.Path))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            LeakSearch.Find(bytes, secret).ShouldBeNull();
            LeakSearch.Find(bytes, secret[ApiSecret.Prefix.Length..]).ShouldBeNull();
            LeakSearch.Find(bytes, "ana").ShouldBe("UTF-8");
        }

        await using var again = Open();
        var found = Keys(again).Find(secret).Account!.Key;
        (found.Name, found.Tokens).ShouldBe(("ana", null));
        found.Models.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task TryAsk_MoreThanTheBurst_IsTurnedAwayUntilTheBucketRefills()
    {
        await using var database = Open();
        var keys = Keys(database);
        var account = (await keys.IssueAsync(Key())).Account!;

        for (var left = 2; left >= 0; left--)
        {
            account.TryAsk(keys.Defaults, out var allowance).ShouldBeNull();
            (allowance.Requests, allowance.RequestsLeft).ShouldBe((3, left));
        }

        var refusal = account.TryAsk(keys.Defaults, out var none)!;
        (refusal.Code, refusal.RetryAfterSeconds, none.RequestsLeft, none.RequestsReset).ShouldBe((ErrorCode.RateLimited, 1, 0, TimeSpan.FromSeconds(1.5)));
        time.Move(TimeSpan.FromSeconds(0.5));
        account.TryAsk(keys.Defaults, out _).ShouldBeNull();
        account.TryAsk(keys.Defaults, out _).ShouldNotBeNull();
    }

    [Fact]
    public async Task TryEnter_MoreThanItsPlaces_IsTurnedAwayUntilOneLeaves()
    {
        await using var database = Open();
        var keys = Keys(database);
        var account = (await keys.IssueAsync(Key() with { Concurrency = 1 })).Account!;

        account.TryEnter(keys.Defaults).ShouldBeNull();
        account.TryEnter(keys.Defaults)!.Code.ShouldBe(ErrorCode.RateLimited);
        account.Leave();
        account.TryEnter(keys.Defaults).ShouldBeNull();
    }

    [Fact]
    public async Task Reserve_ManyAtOnce_NeverSetsMoreAsideThanTheQuota()
    {
        await using var database = Open();
        var account = (await Keys(database).IssueAsync(Key() with { Tokens = 1000 })).Account!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => account.ReserveAsync(30))));

        answers.Count(answer => answer is null).ShouldBe(33);
        answers.OfType<Refusal>().ShouldAllBe(refusal => refusal.Code == ErrorCode.QuotaExceeded && refusal.Hint!.Contains("10", StringComparison.Ordinal));
        answers.OfType<Refusal>().ShouldAllBe(refusal => refusal.RetryAfterSeconds == null, "it is for good");
        await account.SettleAsync(30, 5);
        account.Current.Usage.ShouldBe(new ApiUsageRow(account.Key.Id, 0, 5, 960, 1));
    }

    [Fact]
    public async Task Reserve_TheStoreRefuses_TakesNothingFromTheQuota()
    {
        var database = Open();
        var (account, _, _) = await Keys(database).IssueAsync(Key() with { Tokens = 100 });
        await database.DisposeAsync();

        (await account!.ReserveAsync(60))!.Code.ShouldBe(ErrorCode.Draining);

        account.Current.Usage.Reserved.ShouldBe(0);
    }

    [Fact]
    public async Task Reserve_NextDay_BeginsAnew()
    {
        await using var database = Open();
        var account = (await Keys(database).IssueAsync(Key() with { Tokens = 100, Period = QuotaPeriod.Day })).Account!;
        await account.ReserveAsync(100);
        await account.SettleAsync(100, 100);
        var refusal = (await account.ReserveAsync(1))!;
        refusal.Hint!.ShouldContain("per day (UTC)");
        var tomorrow = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        refusal.RetryAfterSeconds.ShouldBe((int)Math.Ceiling((tomorrow - time.GetUtcNow()).TotalSeconds));
        (await account.ReserveAsync(101))!.RetryAfterSeconds.ShouldBeNull("tomorrow's quota is as large");

        time.Move(TimeSpan.FromDays(1));

        (await account.ReserveAsync(100)).ShouldBeNull();
    }

    [Fact]
    public async Task Issue_AsManyKeysAsThereCanBe_TakesThePlaceOfTheLongestDead()
    {
        await using var database = Open();
        var (before, now) = (Keys(database), time.GetUtcNow().ToUnixTimeMilliseconds());
        var (_, expiredSecret, _) = await before.IssueAsync(Key() with { ExpiresMs = now - 2 });
        var (revoked, _, _) = await before.IssueAsync(Key());
        await before.RevokeAsync(revoked!.Key.Id);
        await database.WriteAsync(Durability.Normal, statements =>
        {
            for (var i = 0; i < 9_998; i++)
                statements.Execute("INSERT INTO api_keys (id, npub, name, created_ms, period, models) VALUES ($1, $2, '', 0, 0, '')", $"key{i}", revoked.Key.Npub);
            return null;
        });
        var keys = Keys(database);

        keys.Find(expiredSecret).Refusal!.Hint!.ShouldContain("expired");
        (await keys.IssueAsync(Key())).Account.ShouldNotBeNull();
        keys.Find(expiredSecret).Refusal!.Hint!.ShouldContain("not known");
        keys.All.Count.ShouldBe(10_000);
        var (last, secret, _) = await keys.IssueAsync(Key());
        (keys.Find(secret).Account, keys.All.Any(account => account.Key.Id == revoked.Key.Id)).ShouldBe((last, false));
        (await keys.IssueAsync(Key())).Refusal!.Hint!.ShouldContain("revoke");
    }

    [Fact]
    public async Task Store_CopiedWhileRequestsRun_GivesNoTokensAway()
    {
        await using var database = Open();
        var keys = Keys(database);
        var (account, secret, _) = await keys.IssueAsync(Key() with { Tokens = 100 });
        await account!.ReserveAsync(20);
        await account.SettleAsync(20, 12);
        await account.ReserveAsync(50);

        // As kill -9 would leave it: 12 were counted, 50 may have been delivered.
        var copy = folder.File("copy");
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(folder.Path)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        await using var restarted = Database.Open(Path.Combine(copy, "store.db"));
        var after = Keys(restarted).Find(secret).Account!;

        after.Current.Usage.Tokens.ShouldBe(62);
        (await after.ReserveAsync(39))!.Code.ShouldBe(ErrorCode.QuotaExceeded);
        (await after.ReserveAsync(38)).ShouldBeNull();
    }

    [Fact]
    public async Task Find_UnknownSecrets_LeaveNothingBehind()
    {
        await using var database = Open();
        var keys = Keys(database);
        await keys.IssueAsync(Key());
        _ = keys.Find(ApiSecret.Create());
        var secrets = Enumerable.Range(0, 1000).Select(_ => ApiSecret.Create()).ToList();
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var secret in secrets) _ = keys.Find(secret);

        // The refusal alone, and it is not kept.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000 * 200);
    }

    private Database Open() => Database.Open(folder.File("store.db"));

    private ApiKeys Keys(Database database) => new(new ApiKeyTable(database), Defaults, time);

    private static ApiKeyRow Key() => new() { Id = "", Npub = KeyPair.Generate().PublicKey.Npub, Name = "", CreatedMs = 0 };
}

using FedAi.Daemon.Accounts;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Accounts;

/// <summary>Row CTX-14: keys of a namespace share its limit.</summary>
public sealed class NamespaceQuotaTests : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly ManualTime time = new();
    private Database database;

    public NamespaceQuotaTests() => database = Database.Open(folder.File("store.db"));

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Reserve_KeysOfANamespace_ShareItsLimitAndOthersDoNot()
    {
        var keys = Keys();
        var (one, other, elsewhere) = (await KeyAsync(keys, "team"), await KeyAsync(keys, "team"), await KeyAsync(keys, "another"));
        (await keys.LimitAsync("team", 1000, QuotaPeriod.Total)).ShouldBeNull();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(at => Task.Run(() => (at % 2 == 0 ? one : other).ReserveAsync(30))));

        answers.Count(answer => answer is null).ShouldBe(33);
        answers.OfType<Refusal>().ShouldAllBe(refusal => refusal.Code == ErrorCode.QuotaExceeded && refusal.Hint!.Contains("the namespace team of this API key", StringComparison.Ordinal));
        (one.Current.Usage.Reserved + other.Current.Usage.Reserved).ShouldBe(990, "what the namespace refused is not set aside at the key");
        (await elsewhere.ReserveAsync(5000)).ShouldBeNull();
        one.TryAsk(new ApiOptions(), out var allowance).ShouldBeNull();
        (allowance.Tokens, allowance.TokensLeft).ShouldBe((1000, 10));
    }

    [Fact]
    public async Task Reserve_KeyWithALimitOfItsOwn_HasTheSmaller()
    {
        var keys = Keys();
        var (small, large) = (await KeyAsync(keys, "team", tokens: 100), await KeyAsync(keys, "team", tokens: 10_000));
        await keys.LimitAsync("team", 1000, QuotaPeriod.Total);

        (await small.ReserveAsync(101))!.Hint!.ShouldContain("100 tokens of this API key");
        (await large.ReserveAsync(950)).ShouldBeNull();
        (await small.ReserveAsync(51))!.Hint!.ShouldContain("the namespace team");
        small.TryAsk(new ApiOptions(), out var allowance);
        (allowance.Tokens, allowance.TokensLeft).ShouldBe((1000, 50), "there is less left of the namespace's than of its own");

        await large.SettleAsync(950, 20);
        (await small.ReserveAsync(100)).ShouldBeNull();
    }

    [Fact]
    public async Task Limit_AfterARestart_HoldsWithWhatWasUsedAndSetAside()
    {
        var keys = Keys();
        var (key, secret, _) = await keys.IssueAsync(Row("team", null));
        await keys.LimitAsync("team", 1000, QuotaPeriod.Month);
        await key!.ReserveAsync(300);
        await key.SettleAsync(300, 200);
        await key.ReserveAsync(400);

        await database.DisposeAsync();
        database = Database.Open(folder.File("store.db"));
        var after = Keys();

        var again = after.Find(secret).Account!;
        (await again.ReserveAsync(401))!.Code.ShouldBe(ErrorCode.QuotaExceeded, "200 were used, and 400 may have been delivered");
        (await again.ReserveAsync(400)).ShouldBeNull();
        time.Move(TimeSpan.FromDays(31));
        (await again.ReserveAsync(600)).ShouldBeNull("the next month, in which 400 are still set aside");
        after.Namespaces.ShouldHaveSingleItem().Quota.Usage.Reserved.ShouldBe(1000);
    }

    [Fact]
    public async Task Limit_ChangedOrTakenAway_HoldsAtOnce()
    {
        var keys = Keys();
        var key = await KeyAsync(keys, "team");
        await keys.LimitAsync("team", 100, QuotaPeriod.Total);
        await key.ReserveAsync(90);
        await key.SettleAsync(90, 90);

        await keys.LimitAsync("team", 200, QuotaPeriod.Total);
        (await key.ReserveAsync(111))!.Code.ShouldBe(ErrorCode.QuotaExceeded, "more of the same: what was used counts");
        await keys.LimitAsync("team", 150, QuotaPeriod.Day);
        (await key.ReserveAsync(150)).ShouldBeNull("days are counted from now on");
        await keys.LimitAsync("team", null, QuotaPeriod.Total);
        (await key.ReserveAsync(1_000_000)).ShouldBeNull();

        await database.DisposeAsync();
        database = Database.Open(folder.File("store.db"));
        Keys().Namespaces.ShouldHaveSingleItem().Quota.Limit.Tokens.ShouldBeNull();
    }

    [Fact]
    public async Task Limit_First_CountsFromThenOnAlsoAfterARestart()
    {
        var keys = Keys();
        var (key, secret, _) = await keys.IssueAsync(Row("team", null));
        await key!.ReserveAsync(500);
        await key.SettleAsync(500, 500);

        await keys.LimitAsync("team", 100, QuotaPeriod.Total);
        (await key.ReserveAsync(60)).ShouldBeNull("what was used without a limit is not held against it");
        await key.SettleAsync(60, 60);
        await database.DisposeAsync();
        database = Database.Open(folder.File("store.db"));

        var again = Keys().Find(secret).Account!;
        (await again.ReserveAsync(41))!.Code.ShouldBe(ErrorCode.QuotaExceeded);
        (await again.ReserveAsync(40)).ShouldBeNull();
        again.Current.Usage.Tokens.ShouldBe(560, "the key's own count goes on");
    }

    [Fact]
    public async Task Limit_StoreRefuses_IsAsBefore()
    {
        var keys = Keys();
        var key = await KeyAsync(keys, "team");
        await database.DisposeAsync();

        (await keys.LimitAsync("team", 1, QuotaPeriod.Total))!.Code.ShouldBe(ErrorCode.Draining);

        (await key.ReserveAsync(1000)).ShouldBeNull();
    }

    private ApiKeys Keys() => new(new ApiKeyTable(database), new ApiOptions(), time);

    private static async Task<ApiAccount> KeyAsync(ApiKeys keys, string group, long? tokens = null) => (await keys.IssueAsync(Row(group, tokens))).Account!;

    private static ApiKeyRow Row(string group, long? tokens) => new() { Id = "", Npub = KeyPair.Generate().PublicKey.Npub, Name = "", CreatedMs = 0, Namespace = group, Tokens = tokens };
}

using System.Buffers;
using System.Globalization;
using System.Text;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Store;

public sealed class HeardTableTests : IAsyncDisposable
{
    private const long Now = 1_800_000_000;

    private readonly TestStore store = new();
    private readonly KeyPair key = KeyPair.Generate();

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        key.Dispose();
    }

    [Fact]
    public async Task Save_SameAddress_KeepsTheNewestWhateverOrderTheyComeIn()
    {
        foreach (var later in (int[])[1, 2, 0]) await SaveAsync(Event("caps", later));

        store.Tables.Heard.Load().ShouldHaveSingleItem().CreatedAt.ShouldBe(Now + 2);
        store.Tables.Heard.Load()[0].Verify().ShouldBeTrue();
    }

    [Fact]
    public async Task Save_ManyAddressesOfOneAuthor_KeepsSixteen()
    {
        using var other = KeyPair.Generate();
        await SaveAsync(NostrEvent.Sign(other, FedAiKinds.CapsAnnounce, Now, [["d", "caps"]], ""));
        for (var i = 0; i < 50; i++) await SaveAsync(Event($"price:{i}", i));

        store.Tables.Heard.Load().Count.ShouldBe(17);
        store.Tables.Heard.Load()[0].Author.ShouldBe(Hex32.From(other.PublicKey));
    }

    [Fact]
    public async Task Save_FloodOfFreeKeys_ShrinksBeforeAnyoneAsksAndKeepsWhoIsKnown()
    {
        (await store.Tables.Heard.SaveAsync(Event("status", 0), (Now - 1) * 1000, known: true)).ShouldBeNull();
        var json = new ArrayBufferWriter<byte>();
        Event("caps", 0).WriteTo(json);
        var sample = Encoding.UTF8.GetString(json.WrittenSpan);

        for (var i = 0; i < 21_500; i += 500) await Task.WhenAll(Enumerable.Range(i, 500).Select(SaveAsync));

        var kept = store.Tables.Heard.Load();
        kept.Count.ShouldBeInRange(20_000, 21_000);
        kept.ShouldContain(value => value.Author == Hex32.From(key.PublicKey));

        Task SaveAsync(int number)
        {
            var author = number.ToString("x64", CultureInfo.InvariantCulture);
            NostrEvent.TryParse(Encoding.UTF8.GetBytes(sample.Replace(key.PublicKey.Hex, author, StringComparison.Ordinal)), out var stranger).ShouldBeTrue();
            return store.Tables.Heard.SaveAsync(stranger!, (Now + number) * 1000);
        }
    }

    [Fact]
    public async Task Delete_AskedByTheAuthor_TakesBackWhatItNames()
    {
        foreach (var what in (string[])["caps", "status"]) await SaveAsync(Event(what, 0));

        NostrDeletion.TryRead(NostrEvent.Sign(key, NostrKinds.Deletion, Now, [["a", $"30020:{key.PublicKey.Hex}:caps"]], ""), out var deletion).ShouldBeTrue();
        (await store.Tables.Heard.DeleteAsync(deletion!)).ShouldBeNull();

        store.Tables.Heard.Load().ShouldHaveSingleItem().TagValue("d").ShouldBe("status");
    }

    [Fact]
    public async Task Forget_LongExpired_IsGone()
    {
        await SaveAsync(Event("caps", 0));

        (await store.Tables.Heard.ForgetAsync(Now * 1000)).ShouldBeNull();
        store.Tables.Heard.Load().Count.ShouldBe(1);
        (await store.Tables.Heard.ForgetAsync((Now + 101) * 1000)).ShouldBeNull();
        store.Tables.Heard.Load().ShouldBeEmpty();
    }

    private NostrEvent Event(string address, int later) => NostrEvent.Sign(key, FedAiKinds.CapsAnnounce, Now + later, [["d", address]], "");

    private async Task SaveAsync(NostrEvent value) => (await store.Tables.Heard.SaveAsync(value, (value.CreatedAt + 100) * 1000)).ShouldBeNull();
}

using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;

namespace FedAi.Tests.Daemon.Trust;

public sealed class TrustStatementsTests : IDisposable
{
    private readonly KeyPair author = KeyPair.Generate();

    public void Dispose() => author.Dispose();

    [Theory]
    [InlineData(NostrKinds.FollowList)]
    [InlineData(NostrKinds.MuteList)]
    public void Read_List_HasEachOtherKeyOnce(int kind)
    {
        var self = author.PublicKey.Hex;
        var other = Hex(1);

        var statement = TrustStatements.Read(Event(kind, ["p", other, "wss://relay.example", "name"], ["p", other], ["p", self], ["p", "nonsense"], ["p"], ["p", Hex(2).ToUpperInvariant()], ["e", Hex(3)]))!;

        statement.Keys.ShouldBe([Parse(other)]);
        statement.Author.ToString().ShouldBe(self);
        statement.Kind.ShouldBe(kind);
    }

    [Fact]
    public void Read_StuffedList_IsCutOff() =>
        TrustStatements.Read(Event(NostrKinds.FollowList, [.. Enumerable.Range(0, 3000).Select(number => (string[])["p", Hex(number)])]))!.Keys.Length.ShouldBe(2000);

    [Fact]
    public void Read_ListOfARoot_CountsToItsEndWithinReason()
    {
        NostrEvent Of(int keys) => Event(NostrKinds.FollowList, [.. Enumerable.Range(0, keys).Select(number => (string[])["p", Hex(number)])]);

        TrustStatements.Read(Of(3000), TrustStatements.MaxRootKeys)!.Keys.Length.ShouldBe(3000);
        TrustStatements.Read(Of(11_000), TrustStatements.MaxRootKeys)!.Keys.Length.ShouldBe(10_000);
    }

    [Fact]
    public void Read_Report_NamesOneKey()
    {
        TrustStatements.Read(Event(NostrKinds.Report, ["e", Hex(9), "spam"], ["p", Hex(1), "spam"]))!.Subject.ShouldBe(Parse(Hex(1)));
        TrustStatements.Read(Event(NostrKinds.Report, ["e", Hex(9)])).ShouldBeNull();
        TrustStatements.Read(Event(NostrKinds.Report, ["p", author.PublicKey.Hex])).ShouldBeNull();
    }

    [Theory]
    [InlineData("89", 89)]
    [InlineData("0", 0)]
    [InlineData("100", 100)]
    [InlineData("101", null)]
    [InlineData("-1", null)]
    [InlineData("8.5", null)]
    [InlineData("", null)]
    public void Read_Assertion_HasARankOf0To100(string rank, int? expected) =>
        (TrustStatements.Read(Event(NostrKinds.Assertion, ["d", Hex(1)], ["rank", rank]))?.Rank).ShouldBe(expected);

    [Fact]
    public void Read_AssertionWithoutRankOrSubject_SaysNothing()
    {
        TrustStatements.Read(Event(NostrKinds.Assertion, ["d", Hex(1)])).ShouldBeNull();
        TrustStatements.Read(Event(NostrKinds.Assertion, ["d", "x"], ["rank", "5"])).ShouldBeNull();
        TrustStatements.Read(Event(NostrKinds.Assertion, ["d", Hex(1)], ["rank", "101"])).ShouldBeNull();
        TrustStatements.Read(Event(kind: 1, ["p", Hex(1)])).ShouldBeNull();
    }

    private NostrEvent Event(int kind, params string[][] tags) => NostrEvent.Sign(author, kind, createdAt: 1_800_000_000, tags, "");

    private static string Hex(int number) => TrustGraphs.Key(number).ToString();

    private static Hex32 Parse(string hex) => Hex32.TryParse(hex, out var key) ? key : throw new FormatException(hex);
}

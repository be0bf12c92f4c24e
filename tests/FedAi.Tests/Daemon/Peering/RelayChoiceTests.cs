using FedAi.Daemon.Peering;
using FedAi.RelayDiscovery.Connections;
using FedAi.RelayDiscovery.Directories;

namespace FedAi.Tests.Daemon.Peering;

public sealed class RelayChoiceTests
{
    private static readonly HashSet<Uri> None = [];

    [Fact]
    public void Choose_OneDirectoryNamesAThousandOfItsOwn_OthersStillHaveTheirTurn()
    {
        var claims = Enumerable.Range(0, 1000).Select(i => new RelayClaim(Url($"evil{i}"), "evil") { Score = 10 })
            .Concat([new RelayClaim(Url("a"), "one"), new RelayClaim(Url("b"), "one"), new RelayClaim(Url("c"), "two")]);

        Choose(Rank(claims), None, None, 6).Count(name => name.StartsWith("evil", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public void Choose_JoinedOnes_StayThoughBetterOnesAppear() =>
        Choose(Rank([Claim("new", 9), Claim("old", 2)]), [Url("old")], None, 1).ShouldBe(["old"]);

    [Fact]
    public void Choose_JoinedOneThatNobodyNamesAnyMore_IsLeft() =>
        Choose(Rank([Claim("new", 9)]), [Url("old")], None, 2).ShouldBe(["new"]);

    [Fact]
    public void Choose_BadOnes_AreForWantOfOthers()
    {
        Choose(Rank([Claim("bad", 9), Claim("good", 2)]), None, [Url("bad")], 1).ShouldBe(["good"]);
        Choose(Rank([Claim("bad", 9), Claim("good", 2)]), None, [Url("bad")], 2).ShouldBe(["good", "bad"]);
    }

    [Fact]
    public void Choose_RelayThatIsNotForReading_IsNotJoined() =>
        Choose(Rank([Claim("a", 9) with { Read = false }]), None, None, 1).ShouldBeEmpty();

    [Theory]
    [InlineData(RelayState.Connected, 0, false, false)]
    [InlineData(RelayState.Connected, 5, false, false)]
    [InlineData(RelayState.Connected, 0, true, true)]
    [InlineData(RelayState.Waiting, 2, false, false)]
    [InlineData(RelayState.Waiting, 3, false, true)]
    [InlineData(RelayState.PutAside, 8, false, true)]
    public void IsBad_Status_ByOurOwnExperience(RelayState state, int failures, bool demoted, bool expected) =>
        RelayChoice.IsBad(new RelayStatus(Url("a"), state, failures, null, 0, 0, 0, 0) { IsDemoted = demoted }).ShouldBe(expected);

    private static IEnumerable<string> Choose(IReadOnlyList<RankedRelay> ranked, HashSet<Uri> joined, HashSet<Uri> bad, int most) =>
        RelayChoice.Choose(ranked, joined, bad, most).Select(relay => relay.Url.Host);

    private static IReadOnlyList<RankedRelay> Rank(IEnumerable<RelayClaim> claims) => RelayScoring.Rank(claims, new Dictionary<Uri, double>(), [], 1_800_000_000_000);

    private static RelayClaim Claim(string name, double score) => new(Url(name), "one") { Score = score };

    private static Uri Url(string name) => new($"wss://{name}/");
}

using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Trust;

public sealed class PeerExperienceTests
{
    private static readonly PublicKey Peer = KeyPair.Generate().PublicKey;

    private readonly ManualTime time = new();
    private readonly PeerExperience experience;

    public PeerExperienceTests() => experience = new PeerExperience(time);

    private int Percent => TrustRules.ExperiencePercent(experience.Of(Hex32.From(Peer)), maxDepth: 2);

    [Fact]
    public void Percent_NeverAsked_IsNeutral() => Percent.ShouldBe(100);

    [Fact]
    public void Percent_GoodAnswers_RaiseItUpToABound()
    {
        experience.Succeeded(Peer);
        Percent.ShouldBe(102);
        for (var i = 0; i < 10_000; i++) experience.Succeeded(Peer);
        Percent.ShouldBe(124);
    }

    [Fact]
    public void Percent_BadAnswers_WeighMoreThanGoodOnes()
    {
        for (var i = 0; i < 5; i++)
        {
            experience.Succeeded(Peer);
            experience.Failed(Peer);
        }

        Percent.ShouldBeLessThan(50);
        for (var i = 0; i < 1000; i++) experience.Failed(Peer);
        Percent.ShouldBe(0);
    }

    [Fact]
    public void Percent_AfterAWhile_IsForgiven()
    {
        for (var i = 0; i < 5; i++) experience.Failed(Peer);
        var soon = Percent;
        time.Move(PeerExperience.HalfLife);
        Percent.ShouldBeGreaterThan(soon);
        time.Move(10 * PeerExperience.HalfLife);
        Percent.ShouldBe(99);
    }

    [Fact]
    public void TakeChanges_GivesEachChangeOnce_AndRestoreBringsItBack()
    {
        experience.Failed(Peer);
        var rows = experience.TakeChanges();
        rows.Count.ShouldBe(1);
        experience.TakeChanges().ShouldBeEmpty();

        var next = new PeerExperience(time);
        next.Restore(rows);
        next.Of(Hex32.From(Peer)).ShouldBe(experience.Of(Hex32.From(Peer)));
        next.TakeChanges().ShouldBeEmpty();
    }

    [Fact]
    public void Score_Stranger_GainsNothingByServingWell()
    {
        TrustRules.Score(vouched: 0, denied: 0, ranked: 0, experiencePercent: 125).ShouldBe(0);
        TrustRules.Score(vouched: 500_000, denied: 0, ranked: 200_000, experiencePercent: 125).ShouldBe(875);
        TrustRules.Score(vouched: 500_000, denied: 700_000, ranked: 0, experiencePercent: 125).ShouldBe(0);
        TrustRules.Score(vouched: 500_000, denied: 0, ranked: 0, experiencePercent: 50).ShouldBe(250);
    }
}

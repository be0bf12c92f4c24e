using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;

namespace FedAi.Tests.Daemon.Peering;

public sealed class RelayQueriesTests
{
    private static readonly PublicKey Friend = KeyPair.Generate().PublicKey;

    /// <summary>W-N2: an npub in a filter matches nothing, and relays refuse the whole subscription. Row ARC-17.</summary>
    [Fact]
    public void For_FollowedAuthor_IsAskedForInHexBesideEverybodyElse()
    {
        var queries = RelayQueries.For(Trust(new FilterOptions { Follow = [Friend.Npub] }));

        queries[0].Authors.ShouldNotBeNull().ShouldHaveSingleItem().ToString().ShouldBe(Friend.Hex);
        System.Text.Encoding.UTF8.GetString(ClientFrame.WriteReq("x", queries)).ShouldContain($"\"authors\":[\"{Friend.Hex}\"]");
        System.Text.Encoding.UTF8.GetString(ClientFrame.WriteReq("x", queries)).ShouldNotContain("npub");
        queries.Skip(1).ShouldAllBe(query => query.Authors == null);
    }

    [Fact]
    public void For_AllowedAuthors_NobodyElseIsAskedFor() =>
        RelayQueries.For(Trust(new FilterOptions { Allow = [Friend.Hex], Follow = [KeyPair.Generate().PublicKey.Npub] }))
            .ShouldAllBe(query => query.Authors!.Single() == Hex32.From(Friend));

    [Fact]
    public void For_Everybody_NamesKindTypeAndLimitAndNoTime()
    {
        var queries = RelayQueries.For(Trust(new FilterOptions()));

        queries.SelectMany(query => query.Kinds!).ShouldBe([30020, 30021, 30022, 5]);
        queries.ShouldAllBe(query => query.Tags!.Count == 1 && query.Limit == 500 && query.Since == null);
    }

    [Fact]
    public void For_WebOfTrust_NobodyElseIsAskedFor()
    {
        var trust = Trust(new FilterOptions { Follow = [Friend.Npub] });
        var trusted = KeyPair.Generate().PublicKey;
        trust.Publish(Web(trusted));

        RelayQueries.For(trust).ShouldAllBe(query => query.Authors!.SetEquals(new[] { Hex32.From(Friend), Hex32.From(trusted) }));
    }

    [Fact]
    public void For_LargeWebOfTrust_TheMostTrustedAreAskedForApartAndFitIntoAFrame()
    {
        var trust = Trust(new FilterOptions());
        trust.Publish(Web([.. Enumerable.Range(0, 500).Select(_ => KeyPair.Generate().PublicKey)]));

        var queries = RelayQueries.For(trust);
        queries[0].Authors!.Count.ShouldBe(200);
        queries.Skip(1).ShouldAllBe(query => query.Authors == null);
        ClientFrame.WriteReq("x", queries).Length.ShouldBeLessThan(32 * 1024);
    }

    private static TrustScores Trust(FilterOptions filter) => new(PeerLists.From(filter), filter.Wot);

    private static TrustSnapshot Web(params PublicKey[] trusted) => new(trusted.ToDictionary(Hex32.From, _ => 500), new HashSet<Hex32>(), hasWeb: true);
}

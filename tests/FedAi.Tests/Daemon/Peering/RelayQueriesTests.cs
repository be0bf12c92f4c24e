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
        var queries = RelayQueries.For(PeerLists.From(new FilterOptions { Follow = [Friend.Npub] }));

        queries[0].Authors.ShouldNotBeNull().ShouldHaveSingleItem().ToString().ShouldBe(Friend.Hex);
        System.Text.Encoding.UTF8.GetString(ClientFrame.WriteReq("x", queries)).ShouldContain($"\"authors\":[\"{Friend.Hex}\"]");
        System.Text.Encoding.UTF8.GetString(ClientFrame.WriteReq("x", queries)).ShouldNotContain("npub");
        queries.Skip(1).ShouldAllBe(query => query.Authors == null);
    }

    [Fact]
    public void For_AllowedAuthors_NobodyElseIsAskedFor() =>
        RelayQueries.For(PeerLists.From(new FilterOptions { Allow = [Friend.Hex], Follow = [KeyPair.Generate().PublicKey.Npub] }))
            .ShouldAllBe(query => query.Authors!.Single() == Hex32.From(Friend));

    [Fact]
    public void For_Everybody_NamesKindTypeAndLimitAndNoTime()
    {
        var queries = RelayQueries.For(PeerLists.Empty);

        queries.SelectMany(query => query.Kinds!).ShouldBe([30020, 30021, 30022, 5]);
        queries.ShouldAllBe(query => query.Tags!.Count == 1 && query.Limit == 500 && query.Since == null);
    }
}

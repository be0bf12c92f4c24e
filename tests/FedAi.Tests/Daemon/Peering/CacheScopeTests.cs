using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;

namespace FedAi.Tests.Daemon.Peering;

public sealed class CacheScopeTests
{
    private static readonly PublicKey One = KeyPair.Generate().PublicKey, Other = KeyPair.Generate().PublicKey;

    [Fact]
    public void Narrow_SameAskerAndKey_IsTheSame() =>
        CacheScope.Narrow(One, false, "k").ShouldBe(CacheScope.Narrow(One, false, "k"));

    [Fact]
    public void Narrow_GuessedKeyOfAnother_IsAKeyOfOnesOwn()
    {
        var all = new[]
        {
            CacheScope.Narrow(One, false, "k"), CacheScope.Narrow(Other, false, "k"), CacheScope.Narrow(null, false, "k"), CacheScope.Narrow(One, true, "k"),
            CacheScope.Narrow(One, false, "l"), CacheScope.Narrow(One, false, CacheScope.Narrow(One, false, "k")), "k",
        };
        all.Distinct().Count().ShouldBe(all.Length);
    }

    [Fact]
    public void Narrow_NoKey_StaysNone() => CacheScope.Narrow(One, false, null).ShouldBeNull();
}

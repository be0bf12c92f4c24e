using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Peering;

/// <summary>
/// How often one address and one key may ask; only for callers from other machines (DECISIONS E18). Idle entries are
/// dropped by the limiter itself, so the tables stay as small as the set of callers of the last seconds.
/// </summary>
internal sealed class GateLimits(GateRates rates) : IDisposable
{
    private const int BurstSeconds = 4;

    private readonly PartitionedRateLimiter<IPAddress> byAddress = Create<IPAddress>(NameOf, rates.ByAddress);
    private readonly PartitionedRateLimiter<PublicKey> byKey = Create<PublicKey>(key => key.Hex, rates.ByKey);

    public bool Admits(IPAddress address)
    {
        if (rates.ByAddress == 0) return true;
        using var lease = byAddress.AttemptAcquire(address);
        return lease.IsAcquired;
    }

    public bool Admits(PublicKey key)
    {
        if (rates.ByKey == 0) return true;
        using var lease = byKey.AttemptAcquire(key);
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        byAddress.Dispose();
        byKey.Dispose();
    }

    /// <summary>What counts as one address: of IPv6 the /64, because one subscriber owns all of it.</summary>
    public static string NameOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8))
            : address.MapToIPv4().ToString();

    private static PartitionedRateLimiter<T> Create<T>(Func<T, string> partition, int perSecond) =>
        PartitionedRateLimiter.Create<T, string>(caller => RateLimitPartition.GetTokenBucketLimiter(partition(caller), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = BurstSeconds * perSecond,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));
}

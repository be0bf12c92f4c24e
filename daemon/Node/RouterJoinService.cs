using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Node;

/// <summary>Finds routers for a node that wants more than it names (node.join): by their announcements, as far as the operator's lists and web of trust vouch for them.</summary>
internal sealed class RouterJoinService(RouterLinks routers, RouterDirectory directory, TrustScores trust, RegistrationLog registrations, NodeOptions options, TimeProvider time) : BackgroundService
{
    /// <summary>How often it looks again although no announcement came: trust changes, and routers fail.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    /// <summary>Announcements come in bursts.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Join.Most == 0) return;
        while (true)
        {
            var change = directory.NextChange();
            var others = directory.Current.Where(router => !routers.Named.Contains(router.Key)).ToList();
            routers.Join(JoinPolicy.Choose(others, routers.Joined, options.Join, ScoreOf, Fails));
            await Task.WhenAny(change, Task.Delay(LookInterval, time, stoppingToken));
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    /// <summary>Whom the operator lists is trusted as far as can be; whom lists or web keep out is not joined.</summary>
    private int? ScoreOf(PublicKey router) => trust.Judge(router) switch
    {
        PeerStanding.Known => TrustSnapshot.Full,
        PeerStanding.Trusted or PeerStanding.Stranger => trust.Current.Of(Hex32.From(router)),
        _ => null,
    };

    /// <summary>A connection of this node's own that is not open yet is no failure.</summary>
    private bool Fails(PublicKey router) =>
        registrations.States.TryGetValue(router, out var state) && state != RegistrationLog.Registered && state != ErrorCode.ServiceUnconfigured.Wire();
}

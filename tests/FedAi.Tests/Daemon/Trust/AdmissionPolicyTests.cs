using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Daemon.Trust;

public sealed class AdmissionPolicyTests
{
    private static readonly PublicKey Alice = KeyPair.Generate().PublicKey;
    private static readonly PublicKey Bob = KeyPair.Generate().PublicKey;

    [Fact]
    public void Unlisted_IsAdmittedWhereTheRouterIsOpen()
    {
        foreach (var standing in (PeerStanding[])[PeerStanding.Trusted, PeerStanding.Stranger, PeerStanding.Distrusted])
        {
            AdmissionPolicy.Client(standing, open: true).ShouldBeNull();
            AdmissionPolicy.Node(standing, open: true).ShouldBeNull();
            AdmissionPolicy.Client(standing, open: false)!.Code.ShouldBe(ErrorCode.ClientNotAllowed);
            AdmissionPolicy.Node(standing, open: false)!.Code.ShouldBe(ErrorCode.NodeNotAllowed);
        }
    }

    [Fact]
    public void Known_IsAdmittedEverywhere()
    {
        AdmissionPolicy.Client(PeerStanding.Known, open: false).ShouldBeNull();
        AdmissionPolicy.Node(PeerStanding.Known, open: false).ShouldBeNull();
    }

    [Fact]
    public void KeptOut_IsRefusedEvenWhereTheRouterIsOpen()
    {
        AdmissionPolicy.Client(PeerStanding.Blocked, open: true)!.Code.ShouldBe(ErrorCode.ClientBlocked);
        AdmissionPolicy.Client(PeerStanding.Muted, open: true)!.Code.ShouldBe(ErrorCode.ClientMuted);
        AdmissionPolicy.Client(PeerStanding.NotAllowed, open: true)!.Code.ShouldBe(ErrorCode.ClientNotAllowed);
        foreach (var standing in (PeerStanding[])[PeerStanding.Blocked, PeerStanding.Muted, PeerStanding.NotAllowed])
            AdmissionPolicy.Node(standing, open: true)!.Code.ShouldBe(ErrorCode.NodeNotAllowed);
    }

    [Fact]
    public void Router_NotNamedByTheNode_IsRefused()
    {
        AdmissionPolicy.Router(PeerStanding.Known, Set(), Alice)!.Code.ShouldBe(ErrorCode.RouterNotAllowed);
        AdmissionPolicy.Router(PeerStanding.Trusted, Set(Bob), Alice)!.Code.ShouldBe(ErrorCode.RouterNotAllowed);
        AdmissionPolicy.Router(PeerStanding.Stranger, Set(Bob), Alice)!.Hint!.ShouldContain("or that it joined (node.join)");
        AdmissionPolicy.Router(PeerStanding.Known, Set(Alice), Alice).ShouldBeNull();
        AdmissionPolicy.Router(PeerStanding.Blocked, Set(Alice), Alice)!.Code.ShouldBe(ErrorCode.RouterBlocked);
        AdmissionPolicy.Router(PeerStanding.Muted, Set(Alice), Alice)!.Code.ShouldBe(ErrorCode.RouterMuted);
    }

    private static HashSet<PublicKey> Set(params PublicKey[] keys) => [.. keys];
}

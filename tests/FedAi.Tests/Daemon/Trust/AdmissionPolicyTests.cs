using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Daemon.Trust;

public sealed class AdmissionPolicyTests
{
    private static readonly PublicKey Alice = KeyPair.Generate().PublicKey;
    private static readonly PublicKey Bob = KeyPair.Generate().PublicKey;

    [Fact]
    public void Client_Stranger_IsAdmittedWhereTheRouterIsOpen()
    {
        AdmissionPolicy.Client(PeerLists.Empty, Alice, open: true).ShouldBeNull();
        AdmissionPolicy.Client(PeerLists.Empty, Alice, open: false)!.Code.ShouldBe(ErrorCode.ClientNotAllowed);
        AdmissionPolicy.Client(PeerLists.Empty with { Follow = Set(Alice) }, Alice, open: false).ShouldBeNull();
    }

    [Fact]
    public void Client_OnList_IsRefusedWithItsReason()
    {
        AdmissionPolicy.Client(PeerLists.Empty with { Block = Set(Alice) }, Alice, open: true)!.Code.ShouldBe(ErrorCode.ClientBlocked);
        AdmissionPolicy.Client(PeerLists.Empty with { Mute = Set(Alice) }, Alice, open: true)!.Code.ShouldBe(ErrorCode.ClientMuted);
        AdmissionPolicy.Client(PeerLists.Empty with { Allow = Set(Bob) }, Alice, open: true)!.Code.ShouldBe(ErrorCode.ClientNotAllowed);
        AdmissionPolicy.Client(PeerLists.Empty with { Allow = Set(Alice), Block = Set(Alice) }, Alice, open: true)!.Code.ShouldBe(ErrorCode.ClientBlocked);
    }

    [Fact]
    public void Node_Stranger_IsAdmittedWhereTheRouterIsOpen()
    {
        AdmissionPolicy.Node(PeerLists.Empty, Alice, open: true).ShouldBeNull();
        AdmissionPolicy.Node(PeerLists.Empty, Alice, open: false)!.Code.ShouldBe(ErrorCode.NodeNotAllowed);
        AdmissionPolicy.Node(PeerLists.Empty with { Follow = Set(Alice) }, Alice, open: false).ShouldBeNull();
        AdmissionPolicy.Node(PeerLists.Empty with { Block = Set(Alice) }, Alice, open: true)!.Code.ShouldBe(ErrorCode.NodeNotAllowed);
    }

    [Fact]
    public void Router_NotNamedByTheNode_IsRefused()
    {
        AdmissionPolicy.Router(PeerLists.Empty, Set(), Alice)!.Code.ShouldBe(ErrorCode.RouterNotAllowed);
        AdmissionPolicy.Router(PeerLists.Empty, Set(Bob), Alice)!.Code.ShouldBe(ErrorCode.RouterNotAllowed);
        AdmissionPolicy.Router(PeerLists.Empty, Set(Alice), Alice).ShouldBeNull();
        AdmissionPolicy.Router(PeerLists.Empty with { Block = Set(Alice) }, Set(Alice), Alice)!.Code.ShouldBe(ErrorCode.RouterBlocked);
        AdmissionPolicy.Router(PeerLists.Empty with { Mute = Set(Alice) }, Set(Alice), Alice)!.Code.ShouldBe(ErrorCode.RouterMuted);
    }

    private static HashSet<PublicKey> Set(params PublicKey[] keys) => [.. keys];
}

using System.Net;
using FedAi.Daemon.Router;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using Microsoft.AspNetCore.Http;

namespace FedAi.Tests.Daemon.Router;

public sealed class RouterAdmissionTests
{
    private static readonly PublicKey Named = KeyPair.Generate().PublicKey, Trusted = KeyPair.Generate().PublicKey, Stranger = KeyPair.Generate().PublicKey;

    [Theory]
    [InlineData("listed", "203.0.113.7", true, false, false)]
    [InlineData("wot", "203.0.113.7", true, true, false)]
    [InlineData("anyone", "203.0.113.7", true, true, true)]
    [InlineData("listed", "127.0.0.1", true, true, true)]
    public void Admission_FromAnAddress_IsForTheKeysOfTheOption(string admit, string address, bool named, bool trusted, bool stranger)
    {
        var wanted = Enum.Parse<Admit>(admit, ignoreCase: true);
        var trust = new TrustScores(PeerLists.Empty with { Follow = new HashSet<PublicKey> { Named } }, new WotOptions());
        trust.Publish(new TrustSnapshot(new Dictionary<Hex32, int> { [Hex32.From(Trusted)] = 10 }, new HashSet<Hex32>(), hasWeb: true));
        var admission = new RouterAdmission(trust, new RouterOptions { Admit = new AdmitOptions { Nodes = wanted, Clients = wanted } });
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Connection.LocalIpAddress = IPAddress.Parse(address == "127.0.0.1" ? address : "198.51.100.1");

        ErrorCode? Code(bool admitted, ErrorCode refused) => admitted ? null : refused;
        foreach (var (key, admitted) in ((PublicKey, bool)[])[(Named, named), (Trusted, trusted), (Stranger, stranger)])
        {
            (admission.Node(context, key)?.Code).ShouldBe(Code(admitted, ErrorCode.NodeNotAllowed));
            (admission.Client(context, key)?.Code).ShouldBe(Code(admitted, ErrorCode.ClientNotAllowed));
        }
    }

    [Fact]
    public void Admission_ByDefault_TakesTrustedNodesAndAnyClient() =>
        (new AdmitOptions().Nodes, new AdmitOptions().Clients).ShouldBe((Admit.Wot, Admit.Anyone));
}

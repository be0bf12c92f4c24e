using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Where to send a request. A router names the node it chose, whose key and
/// nodeId must sign the answer; a gateway cannot, because its router chooses. <see cref="Chat"/> says that the peer
/// announced <c>chat/1</c> and needs no prompt text beside the messages (DECISIONS E2). It may charge <see cref="Pricing"/> at most.
/// </summary>
internal sealed record PeerTarget(PeerEndpoint Endpoint, PublicKey? ExpectedNode = null, string? ExpectedNodeId = null, bool Chat = true, Pricing? Pricing = null);

using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Gateway;

/// <summary>A node behind a router that may read a request, its key to seal with as read and as it was given, and until when (ms) the router's quote holds.</summary>
internal sealed record SealedRoute(PublicKey Node, SealKey Key, NodeSealKey Given, double QuoteEndsMs);

using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Node;

/// <summary>A record of a run that was cut short, on its way to the router that asked for the run.</summary>
internal sealed record MeteringReport(PublicKey Router, MeteringRecord Record);

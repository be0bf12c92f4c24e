using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>A router's price sheet for one job type (kind 30021) and until when it holds, in ms.</summary>
internal sealed record RouterPrice(PriceSheet Sheet, long ExpiresAtMs);

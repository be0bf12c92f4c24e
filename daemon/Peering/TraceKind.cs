namespace FedAi.Daemon.Peering;

/// <summary>What was done for a request: a price was told or asked, or it was sent to a peer.</summary>
internal enum TraceKind { Quote, Dispatch }

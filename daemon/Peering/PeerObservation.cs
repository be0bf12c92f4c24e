namespace FedAi.Daemon.Peering;

/// <summary>A reading of <see cref="PeerLoad"/>: requests in flight, typical time to first answer (ms, 0 when unknown), failures in a row, ms since the last failure, answers and failures seen in all.</summary>
internal readonly record struct PeerObservation(int InFlight, double LatencyMs, long FailuresInRow, long SinceFailureMs, long Samples = 0);

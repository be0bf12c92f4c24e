namespace FedAi.Daemon.Router;

/// <summary>A reading of <see cref="NodeLoad"/>: requests in flight, typical time to first answer (ms, 0 when unknown), failures in a row, ms since the last failure.</summary>
internal readonly record struct NodeObservation(int InFlight, double LatencyMs, long FailuresInRow, long SinceFailureMs);

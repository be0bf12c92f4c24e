namespace FedAi.RelayDiscovery.Connections;

/// <summary>One relay as <c>/status</c> shows it. Counts are since start.</summary>
/// <param name="Failures">Attempts in a row that failed.</param>
/// <param name="Problem">What went wrong last, or null.</param>
/// <param name="Frames">Frames read.</param>
/// <param name="RefusedFrames">Frames that were too long, malformed, or not asked for.</param>
/// <param name="Published">Events the relay took or had already.</param>
/// <param name="RefusedEvents">Events of ours the relay refused.</param>
public sealed record RelayStatus(Uri Relay, RelayState State, int Failures, string? Problem, long Frames, long RefusedFrames, long Published, long RefusedEvents);

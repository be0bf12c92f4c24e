namespace FedAi.TestKit;

/// <summary>How a stream ended: HTTP status, the last event's name, its data, and how late each token came in milliseconds.</summary>
internal sealed record StreamOutcome(int Status, string LastEvent, string LastData, IReadOnlyList<double> DelaysMs);

namespace FedAi.TestKit;

/// <summary>One streamed answer as an OpenAI client sees it; Arrivals are the times of its deltas since the request.</summary>
internal sealed record ChatRun(string RequestId, string Text, int InputTokens, int OutputTokens, IReadOnlyList<TimeSpan> Arrivals);

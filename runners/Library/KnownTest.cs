namespace FedAi.Runners.Library;

/// <summary>What came of the test of a model's content: with which build of the runner, and what was wrong; null: it answered.</summary>
internal sealed record KnownTest(string Build, string? Problem);

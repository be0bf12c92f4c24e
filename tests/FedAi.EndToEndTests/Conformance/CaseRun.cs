using System.Text.Json.Nodes;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>What a client made of a case, and the answers as they came where they were recorded.</summary>
internal sealed record CaseRun(JsonNode Outcome, IReadOnlyList<RecordedAnswer> Answers);

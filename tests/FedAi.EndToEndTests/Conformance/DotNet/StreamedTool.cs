namespace FedAi.EndToEndTests.Conformance.DotNet;

/// <summary>A tool call put together from its pieces, as this client leaves it to its users.</summary>
internal sealed record StreamedTool(string? Id = null, string? Name = null, string Arguments = "");

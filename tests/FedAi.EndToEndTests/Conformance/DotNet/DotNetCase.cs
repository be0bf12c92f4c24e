using System.Text.Json.Nodes;

namespace FedAi.EndToEndTests.Conformance.DotNet;

/// <summary>A case in C#: asks, and reports what came.</summary>
internal delegate Task<JsonNode> DotNetCase(DotNetCall call);

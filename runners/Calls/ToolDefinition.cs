using System.Text.Json;

namespace FedAi.Runners.Calls;

/// <summary>A tool that a request offers: its name, the JSON schema of its arguments (undefined: it takes none), and the whole as the template is given it.</summary>
internal sealed record ToolDefinition(string Name, JsonElement Parameters, JsonElement Whole);

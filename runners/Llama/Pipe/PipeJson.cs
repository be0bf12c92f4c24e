using System.Text.Json.Serialization;

namespace FedAi.Runners.Llama.Pipe;

/// <summary>Commands as JSON; events are written and read by hand, because there is one for every few tokens.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HostCommand))]
internal sealed partial class PipeJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace FedAi.Runners.OpenAi;

/// <summary>Source-generated JSON contracts of what such servers answer.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(UpstreamChunk))]
[JsonSerializable(typeof(UpstreamModelList))]
[JsonSerializable(typeof(UpstreamVectors))]
internal sealed partial class OpenAiJson : JsonSerializerContext;

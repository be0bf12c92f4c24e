using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedAi.Runners.Library;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ModelIndex))]
[JsonSerializable(typeof(Dictionary<string, KnownHash>))]
[JsonSerializable(typeof(Dictionary<string, KnownTest>))]
[JsonSerializable(typeof(PartialDownload))]
internal sealed partial class LibraryJson : JsonSerializerContext;

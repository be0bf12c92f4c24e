using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedAi.Daemon.Hosting;

/// <summary>Source-generated contract of the options; also the list of known keys.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false)]
[JsonSerializable(typeof(FedAiOptions))]
internal sealed partial class OptionsJson : JsonSerializerContext;

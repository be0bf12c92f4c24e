using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedAi.Daemon.Capability;

/// <summary>Profile, benchmark and recommendation as files and as <c>--json</c>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MachineProfile))]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(Recommendation))]
[JsonSerializable(typeof(MarketView))]
internal sealed partial class CapabilityJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedAi.Daemon.Accounts;

/// <summary>Source-generated contract of what the command line asks the running daemon.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiKeyOrder))]
internal sealed partial class AccountsJson : JsonSerializerContext;

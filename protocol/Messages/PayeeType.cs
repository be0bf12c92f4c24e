using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>Who is paid.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PayeeType>))]
public enum PayeeType
{
    [JsonStringEnumMemberName("node")] Node,
    [JsonStringEnumMemberName("router")] Router,
}

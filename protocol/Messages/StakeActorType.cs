using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>Who commits a stake.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StakeActorType>))]
public enum StakeActorType
{
    [JsonStringEnumMemberName("node")] Node,
    [JsonStringEnumMemberName("router")] Router,
    [JsonStringEnumMemberName("client")] Client,
}

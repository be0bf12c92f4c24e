using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>What a node price counts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PricingUnit>))]
public enum PricingUnit
{
    [JsonStringEnumMemberName("token")] Token,
    [JsonStringEnumMemberName("second")] Second,
}

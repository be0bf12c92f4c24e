using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>Why a share of a payment is due.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentSplitRole>))]
public enum PaymentSplitRole
{
    [JsonStringEnumMemberName("node-inference")] NodeInference,
    [JsonStringEnumMemberName("router-fee")] RouterFee,
    [JsonStringEnumMemberName("other")] Other,
}

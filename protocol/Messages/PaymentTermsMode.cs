using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>When a federated job is paid.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentTermsMode>))]
public enum PaymentTermsMode
{
    [JsonStringEnumMemberName("prepay")] Prepay,
    [JsonStringEnumMemberName("postpay")] Postpay,
    [JsonStringEnumMemberName("escrow")] Escrow,
}

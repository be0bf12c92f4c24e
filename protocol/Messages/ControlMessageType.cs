using System.Text.Json.Serialization;

namespace FedAi.Protocol.Messages;

/// <summary>Type of a router control message; each has one Nostr kind (WIRE 3.8).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ControlMessageType>))]
public enum ControlMessageType
{
    [JsonStringEnumMemberName("CAPS_ANNOUNCE")] CapsAnnounce,
    [JsonStringEnumMemberName("PRICE_ANNOUNCE")] PriceAnnounce,
    [JsonStringEnumMemberName("STATUS_ANNOUNCE")] StatusAnnounce,
    [JsonStringEnumMemberName("RFB")] Rfb,
    [JsonStringEnumMemberName("BID")] Bid,
    [JsonStringEnumMemberName("AWARD")] Award,
    [JsonStringEnumMemberName("CANCEL")] Cancel,
    [JsonStringEnumMemberName("RECEIPT_SUMMARY")] ReceiptSummary,
}

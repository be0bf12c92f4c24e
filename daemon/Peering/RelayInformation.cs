using System.Buffers;
using System.Text.Json;

namespace FedAi.Daemon.Peering;

/// <summary>The relay's NIP-11 document: what it is, and the limits that it enforces.</summary>
internal static class RelayInformation
{
    public static byte[] Write(RelayLimits limits)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, "fedai relay");
            json.WriteString("description"u8, "Announcements of a federation for AI inference. Keeps the federation's kinds and a few it needs; no prompt and no answer ever travels here.");
            json.WriteString("software"u8, "fedai");
            json.WriteString("version"u8, typeof(RelayInformation).Assembly.GetName().Version!.ToString(3));
            json.WriteStartArray("supported_nips"u8);
            foreach (var nip in (ReadOnlySpan<int>)[1, 11, 40]) json.WriteNumberValue(nip);
            json.WriteEndArray();
            json.WriteStartObject("limitation"u8);
            json.WriteNumber("max_message_length"u8, limits.MaxFrameBytes);
            json.WriteNumber("max_subscriptions"u8, limits.MaxSubscriptions);
            json.WriteNumber("max_filters"u8, limits.MaxFilters);
            json.WriteNumber("max_limit"u8, limits.MaxResults);
            json.WriteNumber("default_limit"u8, limits.MaxResults);
            json.WriteNumber("max_subid_length"u8, limits.MaxSubscriptionIdLength);
            json.WriteNumber("max_event_tags"u8, limits.MaxTags);
            json.WriteNumber("created_at_upper_limit"u8, limits.MaxSecondsAhead);
            json.WriteBoolean("auth_required"u8, false);
            json.WriteBoolean("payment_required"u8, false);
            json.WriteBoolean("restricted_writes"u8, true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>Turns a router's offer into the control messages it announces (WIRE 3.8, DECISIONS E14). Pure: the same offer at the same time gives the same bytes.</summary>
internal static class AnnouncementBuilder
{
    /// <summary>How long an announcement holds, in ms; it is refreshed an hour before.</summary>
    public const long ValidMs = 3 * 3600 * 1000;

    public static IReadOnlyList<ControlEvent> Build(RouterOffer offer, string routerId, string network, long nowMs)
    {
        var expiry = nowMs + ValidMs;
        var status = new StatusPayload { RouterId = routerId, LoadSummary = offer.Load, Timestamp = nowMs, Expiry = expiry };
        // Load moves all the time and has its own message; here it would make every announcement a new one.
        var caps = offer.Caps with { RouterId = routerId, Timestamp = nowMs, Expiry = expiry, LoadSummary = null };
        return
        [
            Message(ControlMessageType.CapsAnnounce, "caps", Fitting(caps), routerId, network, nowMs),
            .. offer.Prices.Select(sheet => Message(ControlMessageType.PriceAnnounce, "price:" + NameOf(sheet.JobType),
                Fitting(sheet with { RouterId = routerId, Timestamp = nowMs, Expiry = expiry }), routerId, network, nowMs)),
            Message(ControlMessageType.StatusAnnounce, "status", Json(status, ProtocolJson.Default.StatusPayload), routerId, network, nowMs),
            .. offer.Receipts is { } receipts ? [Receipts(receipts, routerId, network, nowMs)] : (IEnumerable<ControlEvent>)[],
        ];
    }

    /// <summary>The same announcement, over: it takes the place of the one before and tells readers to forget it.</summary>
    public static ControlEvent Withdraw(ControlEvent announced, long nowMs) => announced with { ExpiryMs = nowMs };

    /// <summary>Addresses are used again when the summary that stood there has expired, so that there are never more than a dozen.</summary>
    private static ControlEvent Receipts(ReceiptWindow window, string routerId, string network, long nowMs)
    {
        var summary = new ReceiptSummary
        {
            RouterId = routerId,
            ReceiptId = window.Id,
            ReceiptHash = window.Root,
            Timestamp = nowMs,
            Expiry = nowMs + ValidMs,
        };
        var length = window.UntilMs - window.FromMs;
        var place = string.Create(CultureInfo.InvariantCulture, $"receipts:{window.UntilMs / length % (ValidMs / length)}");
        return Message(ControlMessageType.ReceiptSummary, place, Json(summary, ProtocolJson.Default.ReceiptSummary), routerId, network, nowMs);
    }

    private static ControlEvent Message(ControlMessageType type, string what, byte[] payload, string routerId, string network, long nowMs) => new()
    {
        Type = type,
        MessageId = string.Create(CultureInfo.InvariantCulture, $"{routerId}:{what}:{nowMs}"),
        TimestampMs = nowMs,
        ExpiryMs = nowMs + ValidMs,
        Payload = payload,
        Network = network,
        Address = $"fedai:{network}:{what}",
    };

    private static byte[] Fitting(CapabilityProfile caps) =>
        Fitting(caps.ModelCaps.Count, models => Json(caps with { ModelCaps = [.. caps.ModelCaps.Take(models)] }, ProtocolJson.Default.CapabilityProfile));

    private static byte[] Fitting(PriceSheet sheet) =>
        Fitting(sheet.Models!.Count, models => Json(sheet with { Models = [.. sheet.Models.Take(models)] }, ProtocolJson.Default.PriceSheet));

    /// <summary>Relays refuse long events: the models that do not fit are left out, last ones first; asking the router itself still lists them all.</summary>
    private static byte[] Fitting(int models, Func<int, byte[]> write)
    {
        var json = write(models);
        while (json.Length > ControlEvents.MaxContentBytes && models > 0) json = write(models = models * 3 / 4);
        return json;
    }

    /// <summary>As the type is called on the wire.</summary>
    private static string NameOf(RouterJobType type) => JsonSerializer.SerializeToElement(type, ProtocolJson.Default.RouterJobType).GetString()!;

    private static byte[] Json<T>(T payload, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(payload, type);
}

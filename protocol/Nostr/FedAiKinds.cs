using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Nostr;

/// <summary>The kinds of the federation's control messages (WIRE 3.8). NIP-15 and NIP-23 use 30020 and 30023 too, so a kind alone proves nothing.</summary>
public static class FedAiKinds
{
    public const int CapsAnnounce = 30020;
    public const int PriceAnnounce = 30021;
    public const int StatusAnnounce = 30022;
    public const int ReceiptSummary = 30023;
    public const int Rfb = 20020;
    public const int Bid = 20021;
    public const int Award = 20022;
    public const int Cancel = 20023;

    /// <summary>Every kind of the federation.</summary>
    public static IReadOnlyList<int> All { get; } = [CapsAnnounce, PriceAnnounce, StatusAnnounce, ReceiptSummary, Rfb, Bid, Award, Cancel];

    /// <summary>The message type a kind carries, or null for a kind that is not the federation's.</summary>
    public static ControlMessageType? TypeOf(int kind) => kind switch
    {
        CapsAnnounce => ControlMessageType.CapsAnnounce,
        PriceAnnounce => ControlMessageType.PriceAnnounce,
        StatusAnnounce => ControlMessageType.StatusAnnounce,
        ReceiptSummary => ControlMessageType.ReceiptSummary,
        Rfb => ControlMessageType.Rfb,
        Bid => ControlMessageType.Bid,
        Award => ControlMessageType.Award,
        Cancel => ControlMessageType.Cancel,
        _ => null,
    };

    /// <summary>The kind that carries a message type.</summary>
    public static int KindOf(ControlMessageType type) => type switch
    {
        ControlMessageType.CapsAnnounce => CapsAnnounce,
        ControlMessageType.PriceAnnounce => PriceAnnounce,
        ControlMessageType.StatusAnnounce => StatusAnnounce,
        ControlMessageType.ReceiptSummary => ReceiptSummary,
        ControlMessageType.Rfb => Rfb,
        ControlMessageType.Bid => Bid,
        ControlMessageType.Award => Award,
        ControlMessageType.Cancel => Cancel,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The value of the <c>t</c> tag, which is the type's name on the wire.</summary>
    public static string TagOf(ControlMessageType type) => type switch
    {
        ControlMessageType.CapsAnnounce => "CAPS_ANNOUNCE",
        ControlMessageType.PriceAnnounce => "PRICE_ANNOUNCE",
        ControlMessageType.StatusAnnounce => "STATUS_ANNOUNCE",
        ControlMessageType.ReceiptSummary => "RECEIPT_SUMMARY",
        ControlMessageType.Rfb => "RFB",
        ControlMessageType.Bid => "BID",
        ControlMessageType.Award => "AWARD",
        ControlMessageType.Cancel => "CANCEL",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}

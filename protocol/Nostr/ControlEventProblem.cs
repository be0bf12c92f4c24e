namespace FedAi.Protocol.Nostr;

/// <summary>Why an event is no control message. Other software uses two of the kinds, so this is not always a fault.</summary>
public enum ControlEventProblem
{
    None,
    /// <summary>The kind is not the federation's, or the <c>t</c> tag names another type than the kind.</summary>
    UnsupportedKind,
    UnsupportedVersion,
    /// <summary>The <c>exp</c> tag is missing or is no plain decimal number.</summary>
    MissingExpiry,
    TooLarge,
    /// <summary>The content is not JSON.</summary>
    InvalidPayload,
}

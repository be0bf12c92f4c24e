namespace FedAi.RelayDiscovery.Connections;

/// <summary>What one relay said to an event. The message is the relay's own text: show it, never act on it.</summary>
public sealed record RelayPublishResult(Uri Relay, RelayVerdict Verdict, string Message = "")
{
    /// <summary>Whether the event is at the relay now.</summary>
    public bool IsPublished => Verdict is RelayVerdict.Accepted or RelayVerdict.Duplicate;

    /// <summary>Reads the answer of an OK. Some relays say <c>mute:</c> or <c>duplicate:</c> with true, some with false.</summary>
    public static RelayVerdict Read(bool accepted, string message) => message.Split(':', 2) switch
    {
        ["duplicate", _] => RelayVerdict.Duplicate,
        ["mute", _] => RelayVerdict.Muted,
        _ when accepted => RelayVerdict.Accepted,
        ["rate-limited", _] => RelayVerdict.RateLimited,
        ["auth-required", _] => RelayVerdict.AuthRequired,
        ["blocked" or "restricted", _] => RelayVerdict.Blocked,
        ["invalid", _] => RelayVerdict.Invalid,
        ["pow", _] => RelayVerdict.ProofOfWork,
        _ => RelayVerdict.Refused,
    };
}

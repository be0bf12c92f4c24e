namespace FedAi.RelayDiscovery.Connections;

/// <summary>What one relay said to an event. The message is the relay's own text: show it, never act on it.</summary>
public sealed record RelayPublishResult(Uri Relay, RelayVerdict Verdict, string Message = "")
{
    /// <summary>Whether the event is at the relay now.</summary>
    public bool IsPublished => Verdict is RelayVerdict.Accepted or RelayVerdict.Duplicate;
}

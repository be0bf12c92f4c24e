using Microsoft.Extensions.Logging;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>What the pool logs. Texts of relays are strangers' words: shortened and without control characters.</summary>
internal static partial class RelayLog
{
    private const int LongestText = 200;

    public static string Clean(string text) =>
        string.Create(Math.Min(text.Length, LongestText), text, (output, source) =>
        {
            for (var i = 0; i < output.Length; i++) output[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });

    [LoggerMessage(Level = LogLevel.Information, Message = "Relay {Relay}: connected")]
    public static partial void Connected(this ILogger logger, Uri relay);

    [LoggerMessage(Level = LogLevel.Information, Message = "Relay {Relay}: {Problem}; next attempt in {Delay} (failure {Failures})")]
    public static partial void Lost(this ILogger logger, Uri relay, string problem, TimeSpan delay, int failures);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Relay {Relay}: put aside for {Pause} after {Failures} failures")]
    public static partial void PutAside(this ILogger logger, Uri relay, TimeSpan pause, int failures);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The clock of this machine is ahead of the relays' by {Ahead}: set it, or announcements and requests will be refused")]
    public static partial void ClockIsWrong(this ILogger logger, TimeSpan ahead);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Relay {Relay} refused event of kind {Kind}: {Message}")]
    public static partial void EventRefused(this ILogger logger, Uri relay, int kind, string message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Relay {Relay} closed a subscription: {Message}")]
    public static partial void SubscriptionClosed(this ILogger logger, Uri relay, string message);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Relay {Relay} says: {Message}")]
    public static partial void Notice(this ILogger logger, Uri relay, string message);
}

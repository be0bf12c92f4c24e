using System.Diagnostics.CodeAnalysis;

namespace FedAi.RelayDiscovery.Directories;

/// <summary>Which addresses may be a relay: <c>wss://</c> anywhere, <c>ws://</c> on loopback only unless the operator allows it.</summary>
public static class RelayUrl
{
    /// <summary>Reads an address; the problem is a sentence for the operator.</summary>
    public static bool TryParse(string? text, bool allowPlain, [NotNullWhen(true)] out Uri? relay, out string problem)
    {
        problem = "";
        if (!Uri.TryCreate(text, UriKind.Absolute, out relay) || relay.Scheme is not ("ws" or "wss") || relay.Host == "")
            problem = $"'{text}' is no relay: it must begin with wss:// (or ws:// on loopback)";
        else if (relay.UserInfo != "" || relay.Fragment != "")
            problem = $"'{relay.Host}': a relay's address has neither user nor fragment";
        else if (relay.Scheme == "ws" && !relay.IsLoopback && !allowPlain)
            problem = $"'{text}' is not encrypted: use wss://, or set relays.allowPlain";
        if (problem != "") relay = null;
        return relay is not null;
    }
}

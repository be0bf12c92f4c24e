using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FedAi.RelayDiscovery.Directories;

/// <summary>Which addresses may be a relay: <c>wss://</c> anywhere, <c>ws://</c> on loopback only unless the operator allows it.</summary>
public static class RelayUrl
{
    /// <summary>Longer than any honest address.</summary>
    private const int LongestText = 300;

    /// <summary>Reads an address that the operator wrote, or a router announced; the problem is a sentence for the operator.</summary>
    public static bool TryParse(string? text, bool allowPlain, [NotNullWhen(true)] out Uri? relay, out string problem)
    {
        problem = "";
        if (!Uri.TryCreate(text, UriKind.Absolute, out relay) || relay.Scheme is not ("ws" or "wss") || relay.Host == "")
            problem = $"'{text}' is no relay: it must begin with wss:// (or ws:// on loopback)";
        else if (relay.UserInfo != "" || relay.Fragment != "")
            problem = $"'{relay.Host}': a relay's address has neither user nor fragment";
        else if (!HasName(relay))
            problem = $"'{text}': its host is no valid name";
        else if (!IsPrivate(relay) && !allowPlain)
            problem = $"'{text}' is not encrypted: use wss://, or set relays.allowPlain";
        if (problem != "") relay = null;
        return relay is not null;
    }

    /// <summary>Whether the host can be looked up: <see cref="Uri"/> takes names that have no ASCII form (IDNA), and throws when that is asked for.</summary>
    public static bool HasName(Uri uri)
    {
        try
        {
            return uri.IdnHost.Length > 0;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }

    /// <summary>Whether nobody on the way can read along.</summary>
    public static bool IsPrivate(Uri relay) => relay.Scheme == "wss" || relay.IsLoopback;

    /// <summary>
    /// The one spelling of an address that somebody else wrote, in whatever way: a bare host, http for ws, upper case, default port,
    /// slashes at the end. What is no relay's address, such as another scheme, is refused (WIRE W-N6: the existing software keeps <c>host:8080</c> and <c>ftp://</c> as they are).
    /// </summary>
    public static bool TryNormalize(string? text, [NotNullWhen(true)] out Uri? relay)
    {
        relay = null;
        text = text?.Trim() ?? "";
        if (text.Length is 0 or > LongestText || text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))) return false;
        var scheme = text.IndexOf("://", StringComparison.Ordinal) is >= 0 and var end ? text[..end].ToLowerInvariant() : null;
        var secure = scheme switch { null or "wss" or "https" => "wss", "ws" or "http" => "ws", _ => null };
        var rest = scheme is null ? text : text[(scheme.Length + 3)..];
        if (secure is null || !Uri.TryCreate($"{secure}://{rest}", UriKind.Absolute, out var read) || read.UserInfo != "" || !HasName(read)) return false;
        // A name in other letters is the same name as its ASCII form, and so is one with a dot at its end.
        var host = read.HostNameType is UriHostNameType.Dns ? read.IdnHost.TrimEnd('.').ToLowerInvariant() : read.IdnHost;
        if (host.Length == 0) return false;
        if (read.HostNameType is UriHostNameType.IPv6) host = $"[{host.Trim('[', ']')}]";
        var port = read.IsDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{read.Port}");
        var path = read.AbsolutePath.TrimEnd('/') is { Length: > 0 } some ? some : "/";
        return Uri.TryCreate($"{secure}://{host}{port}{path}{read.Query}", UriKind.Absolute, out relay);
    }
}

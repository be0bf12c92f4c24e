using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace FedAi.Daemon.Hosting;

/// <summary>Reads <c>address:port</c>.</summary>
internal static class ListenAddress
{
    /// <summary>Takes <c>127.0.0.1:8480</c>, <c>[::1]:8480</c> and <c>localhost:8480</c>; the port must be given, 0 takes a free one.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out IPEndPoint? address)
    {
        address = null;
        if (text is null) return false;
        if (text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase)) text = "127.0.0.1" + text["localhost".Length..];
        var colon = text.LastIndexOf(':');
        return colon > 0 && colon > text.IndexOf(']') && (text[0] == '[' || text.IndexOf(':') == colon) && text.Length > colon + 1
            && IPEndPoint.TryParse(text, out address);
    }
}

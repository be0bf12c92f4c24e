using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;

namespace FedAi.Daemon.Control;

/// <summary>The unix socket on which a running daemon answers its own user (DECISIONS E17).</summary>
internal static class ControlSocket
{
    // sun_path has 108 bytes; the rest is room for the runtime's terminating zero and other systems' shorter limit.
    private const int MaxPathBytes = 100;

    /// <summary><c>fedai.sock</c> in the data folder, or, when that path is too long, a name made of it in the user's runtime folder.</summary>
    public static string PathFor(string dataFolder)
    {
        var path = Path.Combine(Path.GetFullPath(dataFolder), "fedai.sock");
        if (Encoding.UTF8.GetByteCount(path) <= MaxPathBytes) return path;
        var folder = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? runtime : Path.GetTempPath();
        return Path.Combine(folder, $"fedai-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 8))}.sock");
    }

    /// <summary>Whether a request came over it.</summary>
    public static bool Carries(HttpContext context) => context.Features.Get<IConnectionSocketFeature>() is { Socket.AddressFamily: AddressFamily.Unix };

    /// <summary>Only the daemon's own user may ask.</summary>
    public static void MakePrivate(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}

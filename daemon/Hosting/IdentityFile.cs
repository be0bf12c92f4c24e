using System.Diagnostics.CodeAnalysis;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Hosting;

/// <summary>The daemon's own key: <c>identity.nsec</c> in its data folder, readable by its user only. Made once, never logged.</summary>
internal static class IdentityFile
{
    public static string PathIn(string dataFolder) => Path.Combine(dataFolder, "identity.nsec");

    /// <summary>Makes a new identity; false when there is one already, which stays.</summary>
    public static bool TryCreate(string dataFolder, [NotNullWhen(true)] out KeyPair? key)
    {
        key = null;
        if (File.Exists(PathIn(dataFolder))) return false;
        key = KeyPair.Generate();
        PrivateFile.WriteNew(PathIn(DataFolder.Create(dataFolder)), key.ToNsec() + "\n");
        return true;
    }

    /// <summary>Reads the identity, or says in <paramref name="problem"/> why there is none and what to do.</summary>
    public static bool TryRead(string dataFolder, [NotNullWhen(true)] out KeyPair? key, [NotNullWhen(false)] out string? problem)
    {
        var path = PathIn(dataFolder);
        key = null;
        if (!File.Exists(path)) problem = $"there is no key in {dataFolder}: make one with fedai keys new --data {dataFolder}";
        else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
            problem = $"{path} may be used by others than its owner: chmod 600 {path}";
        else problem = KeyPair.TryParse(File.ReadAllText(path).Trim(), out key) ? null : $"{path} does not hold one nsec1… key: restore it from your copy, or remove it and run fedai keys new";
        return problem is null && key is not null;
    }
}

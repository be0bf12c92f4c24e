namespace FedAi.Daemon.Store;

/// <summary>Files that only the daemon's own user may read (mode 0600), from their first byte on.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates the file empty if it is not there, and takes other users' rights away if it is.</summary>
    public static void Create(string path)
    {
        Open(path, FileMode.OpenOrCreate).Dispose();
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, Mode);
    }

    /// <summary>Writes a new file that must not exist yet, synced to the disk.</summary>
    public static void WriteNew(string path, string text)
    {
        using var file = Open(path, FileMode.CreateNew);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        return new FileStream(path, options);
    }
}

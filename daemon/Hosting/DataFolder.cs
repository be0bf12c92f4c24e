namespace FedAi.Daemon.Hosting;

/// <summary>The folder of one daemon, mode 0700, held by one process at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream held;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        this.held = held;
    }

    public string Path { get; }

    /// <summary><c>$XDG_DATA_HOME/fedai</c>.</summary>
    public static string DefaultPath =>
        System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "fedai");

    /// <summary>Creates the folder for this user only; an existing one stays as it is.</summary>
    public static string Create(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(full);
        else Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return full;
    }

    /// <summary>Takes the folder for this process; false when another daemon has it. The kernel lets go of it even after a crash.</summary>
    public static bool TryHold(string path, out DataFolder? folder)
    {
        folder = null;
        var full = Create(path);
        try
        {
            folder = new DataFolder(full, new FileStream(System.IO.Path.Combine(full, "fedai.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            return true;
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return false;
        }
    }

    public void Dispose() => held.Dispose();
}

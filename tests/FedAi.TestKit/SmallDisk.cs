using System.Diagnostics;
using System.Globalization;

namespace FedAi.TestKit;

/// <summary>A file system of a given size in memory, so that a test can really fill a disk. Mounting needs root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string path;

    private SmallDisk(string path) => this.path = path;

    /// <summary>Null when a disk can be mounted, else why not.</summary>
    public static string? Unavailable { get; } = TryMount();

    public static SmallDisk Mount(string path, int kibibytes)
    {
        Directory.CreateDirectory(path);
        Run("mount", "-t", "tmpfs", "-o", Size(kibibytes), "none", path);
        return new SmallDisk(path);
    }

    public string File(string name) => Path.Combine(path, name);

    public void Grow(int kibibytes) => Run("mount", "-o", "remount," + Size(kibibytes), path);

    public void Dispose() => Run("umount", "-l", path);

    private static string? TryMount()
    {
        if (!Environment.IsPrivilegedProcess) return "needs root to mount a small disk";
        using var folder = new TempFolder();
        try
        {
            Mount(folder.File("disk"), 64).Dispose();
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message;
        }
    }

    private static string Size(int kibibytes) => "size=" + kibibytes.ToString(CultureInfo.InvariantCulture) + "k";

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} failed: {error.Trim()}");
    }
}

using System.Text;

namespace FedAi.Daemon.Capability;

/// <summary>
/// The files that say what a machine is (<c>/proc</c>, <c>/sys</c>, <c>/etc</c>), below one folder: <c>/</c> for this machine, a small tree in a
/// test. Whatever cannot be read, is too long or leads out of the folder is absent; nothing here throws.
/// </summary>
internal sealed class MachineRoot(string path)
{
    /// <summary>/proc/cpuinfo of 512 processors has under 1 MiB; whatever is longer is cut there.</summary>
    private const int MaxBytes = 2 << 20;

    private const int MaxEntries = 4096;

    private readonly string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) is var full && full == "/" ? "" : full;

    /// <summary>This machine.</summary>
    public static MachineRoot This { get; } = new("/");

    /// <summary>Whether this is the machine that the process runs on, so that what the process knows of itself holds too.</summary>
    public bool IsThis => root.Length == 0;

    /// <summary>The text of a file, or null. Proc files tell no length, so it is read until it ends.</summary>
    public string? Text(string file)
    {
        if (Find(file) is not { } found) return null;
        try
        {
            using var stream = new FileStream(found, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            using var text = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (text.Length < MaxBytes && stream.Read(buffer) is > 0 and var read) text.Write(buffer, 0, read);
            return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The first line without spaces around it; null when there is none.</summary>
    public string? Line(string file) => Text(file) is { } text && text.AsSpan().Trim() is { IsEmpty: false } line ? line[..(line.IndexOf('\n') is >= 0 and var end ? end : line.Length)].Trim().ToString() : null;

    /// <summary>The number in a file; null when it holds something else.</summary>
    public long? Number(string file) => long.TryParse(Line(file), out var number) ? number : null;

    /// <summary>Names of what lies in a folder, in order; empty when there is none.</summary>
    public IReadOnlyList<string> Names(string folder)
    {
        if (Find(folder) is not { } found) return [];
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(found).Take(MaxEntries).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public bool Exists(string entry) => Find(entry) is { } found && Path.Exists(found);

    /// <summary>Where a program lies; null when it is in none of the usual folders. The search path of whoever calls is not believed.</summary>
    public string? Program(string name) =>
        ((string[])["usr/bin", "usr/local/bin", "bin", "usr/sbin", "opt/rocm/bin"]).Select(folder => Find($"{folder}/{name}")).FirstOrDefault(File.Exists);

    private string? Find(string entry)
    {
        try
        {
            var found = Path.GetFullPath(Path.Combine(root + "/", entry.TrimStart('/')));
            return found.StartsWith(root + "/", StringComparison.Ordinal) ? found : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}

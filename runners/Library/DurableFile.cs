using FedAi.Runners.Sandbox;

namespace FedAi.Runners.Library;

/// <summary>A small file that is either the old or the new one, whenever the machine stops.</summary>
internal static class DurableFile
{
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var next = path + ".new";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        Rename(next, path);
    }

    /// <summary>The new name is on the disk when this returns.</summary>
    public static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        var folder = LinuxCalls.open(Path.GetDirectoryName(to)!, LinuxCalls.OCloexec);
        if (folder < 0) return;
        _ = LinuxCalls.fsync(folder);
        _ = LinuxCalls.close(folder);
    }
}

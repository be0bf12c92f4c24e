using FedAi.Daemon.Hosting;
using FedAi.Daemon.Store;

namespace FedAi.Daemon.Cli;

/// <summary>Whether something can be written, found out by writing before anything takes long. Leaves nothing behind.</summary>
internal static class WritablePlace
{
    private const long LeastBytes = 64L << 20;

    /// <summary>Why a daemon cannot keep its files in this folder, which need not be there yet, and what to do; null when it can.</summary>
    public static string? DaemonProblem(string folder)
    {
        if (Ancestors(folder).FirstOrDefault(Directory.Exists) is { } there && Free(there) < LeastBytes)
            return $"the data folder's disk is full: metering could not be stored. Free {LeastBytes >> 20} MiB for {folder}, or name another place with --data";
        return FolderProblem(folder) is { } problem ? $"{problem}, or name another place with --data" : null;
    }

    /// <summary>Why no file can be made in this folder, which need not be there yet; null when one can.</summary>
    public static string? FolderProblem(string folder)
    {
        // Those that are missing now go again, the deepest first.
        var missing = Ancestors(folder).TakeWhile(path => !Directory.Exists(path)).ToList();
        try
        {
            DataFolder.Create(folder);
            var probe = Path.Combine(folder, $"probe-{Environment.ProcessId}.tmp");
            try
            {
                PrivateFile.WriteNew(probe, "written to see whether it can be");
            }
            finally
            {
                File.Delete(probe);
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"{folder} cannot be written ({exception.Message.TrimEnd('.')}): give this user the right to";
        }
        finally
        {
            foreach (var path in missing) TryRemove(path);
        }
    }

    /// <summary>Why this file cannot be written; null when it can.</summary>
    public static string? FileProblem(string path)
    {
        try
        {
            var isNew = !File.Exists(path);
            File.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
            if (isNew) File.Delete(path);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be written ({exception.Message.TrimEnd('.')})";
        }
    }

    /// <summary>The folder and all that it lies in.</summary>
    private static IEnumerable<string> Ancestors(string folder)
    {
        for (var path = folder; !string.IsNullOrEmpty(path); path = Path.GetDirectoryName(path)) yield return path;
    }

    private static long Free(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return long.MaxValue; // Writing will tell.
        }
    }

    /// <summary>Unless somebody put something into it meanwhile.</summary>
    private static void TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It was never made, or is somebody else's now.
        }
    }
}

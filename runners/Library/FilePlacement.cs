using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FedAi.Runners.Library;

/// <summary>Puts a file under a second name without taking its room twice where the file system can: a clone, else a hard link, else a copy.</summary>
internal static partial class FilePlacement
{
    private const nuint Clone = 0x40049409; // FICLONE

    /// <summary>Null, or what is wrong. The new file is whole or not there.</summary>
    public static ModelProblem? TryPlace(string from, string to)
    {
        File.Delete(to);
        try
        {
            if (TryClone(from, to) || link(from, to) == 0) return null;
            var (bytes, free) = (new FileInfo(from).Length, new DriveInfo(Path.GetDirectoryName(to)!).AvailableFreeSpace);
            if (bytes > free) return new($"{Path.GetDirectoryName(to)} has {ByteText.Show(free)} free, the file takes {ByteText.Show(bytes)}", MayPass: true);
            File.Copy(from, to);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(to);
            return new(exception.Message, MayPass: true);
        }
    }

    private static bool TryClone(string from, string to)
    {
        using var source = File.OpenHandle(from);
        using (var target = File.OpenHandle(to, FileMode.CreateNew, FileAccess.Write))
            if (ioctl(target, Clone, source.DangerousGetHandle()) == 0)
                return true;
        File.Delete(to);
        return false;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, nuint request, nint argument);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);
}

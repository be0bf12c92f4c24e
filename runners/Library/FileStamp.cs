using System.Globalization;
using System.Runtime.InteropServices;

namespace FedAi.Runners.Library;

/// <summary>
/// What the file system says of a regular file's content without reading it: device, inode, length and the times of the last
/// change of content and of anything. As long as it stays the same, so did the content: nobody sets back the last one.
/// </summary>
internal static partial class FileStamp
{
    private const int CurrentFolder = -100;                                  // AT_FDCWD
    private const uint Wanted = 0x1 | 0x40 | 0x80 | 0x100 | 0x200;            // STATX_TYPE, MTIME, CTIME, INO, SIZE
    private const ushort TypeMask = 0xF000, Regular = 0x8000, Folder = 0x4000, Pipe = 0x1000, LinuxSocket = 0xC000;

    /// <summary>struct statx, one layout on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Length;
        [FieldOffset(96)] public long ChangedSeconds;
        [FieldOffset(104)] public uint ChangedNanoseconds;
        [FieldOffset(112)] public long ModifiedSeconds;
        [FieldOffset(120)] public uint ModifiedNanoseconds;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }

    /// <summary>Null and why when there is no regular file. Links are followed. Never opens it: a pipe would wait for a writer.</summary>
    public static unsafe string? Read(string path, out string? problem)
    {
        Statx found;
        problem = null;
        if (statx(CurrentFolder, path, 0, Wanted, &found) != 0)
            problem = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
        else if ((found.Mode & TypeMask) != Regular)
            problem = (found.Mode & TypeMask) switch
            {
                Folder => "it is a folder, not a file",
                Pipe => "it is a pipe, not a file",
                LinuxSocket => "it is a socket, not a file",
                _ => "it is a device, not a file",
            };
        return problem is not null ? null : string.Create(CultureInfo.InvariantCulture,
            $"{found.DeviceMajor}:{found.DeviceMinor}-{found.Inode}-{found.Length}-{found.ModifiedSeconds}.{found.ModifiedNanoseconds}-{found.ChangedSeconds}.{found.ChangedNanoseconds}");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int folder, string path, int flags, uint mask, Statx* result);
}

using System.Runtime.InteropServices;
using FedAi.Runners.Sandbox;

namespace FedAi.Tests.Runners.Sandbox;

/// <summary>System calls of a hostile runner. Each does as little harm as it can where it is allowed.</summary>
internal static partial class ProbeCalls
{
    private const int Seize = 0x4206, Priority = 0, OpenFilesLimit = 7;

    /// <summary>A socket to the kernel's network configuration.</summary>
    public static bool OpensNetlink()
    {
        const int netlink = 16, raw = 3;
        return Closes(socket(netlink, raw, 0));
    }

    /// <summary>A ring through which sockets can be made without the call socket.</summary>
    public static unsafe bool OpensRing()
    {
        var parameters = stackalloc byte[120];
        new Span<byte>(parameters, 120).Clear();
        return Closes((int)LinuxCalls.syscall(SystemCalls.IoUringSetup, 1, (nint)parameters, 0, 0));
    }

    /// <summary>The child ends at once.</summary>
    public static bool Forks()
    {
        const int endSignal = 17;
        Marshal.Prelink(((Action<int>)_exit).Method); // the child has one thread: it must not look for anything
        var child = (int)LinuxCalls.syscall(SystemCalls.Here!.Clone, endSignal, 0, 0, 0);
        if (child == 0) _exit(0);
        _ = waitpid(child, 0, 0);
        return child > 0;
    }

    public static bool Signals(int process) => kill(process, 0) == 0;

    public static unsafe bool ReachesLimits(int process)
    {
        var limits = stackalloc ulong[2];
        return LinuxCalls.syscall(SystemCalls.Here!.Prlimit64, process, OpenFilesLimit, 0, (nint)limits) == 0;
    }

    /// <summary>To what it is already.</summary>
    public static bool SetsPriority(int process) => setpriority(Priority, process, getpriority(Priority, process)) == 0;

    public static bool Traces(int process) => ptrace(Seize, process, 0, 0) == 0;

    public static unsafe bool ReadsMemory(int process, long address)
    {
        ulong found = 0;
        var here = stackalloc nint[2] { (nint)(&found), sizeof(ulong) };
        var there = stackalloc nint[2] { (nint)address, sizeof(ulong) };
        return process_vm_readv(process, here, 1, there, 1, 0) == sizeof(ulong);
    }

    public static bool MapsShared(long bytes) => Maps(-1, bytes, flags: 0x21, writes: true);

    /// <summary>Shared and only read: each page that is looked at is memory nevertheless.</summary>
    public static bool MapsZero(long bytes)
    {
        var file = LinuxCalls.open("/dev/zero", 0);
        return file >= 0 && Maps(file, bytes, flags: 0x01, writes: false) && LinuxCalls.close(file) == 0;
    }

    public static bool MakesSegment()
    {
        const int mine = 0, create = 0x200 | 0x180;
        var segment = (int)LinuxCalls.syscall(SystemCalls.Here!.Shmget, mine, 4096, create, 0);
        if (segment >= 0) _ = shmctl(segment, 0, 0); // remove
        return segment >= 0;
    }

    /// <summary>A pipe that sends its owner SIGKILL when something can be read from it. Whether it arrives, the mark knows.</summary>
    public static unsafe bool KillsByDescriptor(int process)
    {
        const int setOwner = 8, setSignal = 10, setFlags = 4, kill = 9, signalsOwner = 0x2000;
        var ends = stackalloc int[2];
        if (pipe(ends) != 0) return false;
        byte one = 1;
        return fcntl(ends[0], setOwner, process) == 0 && fcntl(ends[0], setSignal, kill) == 0 && fcntl(ends[0], setFlags, signalsOwner) == 0
            && write(ends[1], &one, 1) == 1;
    }

    private static unsafe bool Maps(int file, long bytes, int flags, bool writes)
    {
        var memory = mmap(0, (nuint)bytes, writes ? 3 : 1, flags, file, 0);
        if (memory == -1) return false;
        for (long at = 0; at < bytes; at += 1 << 16) // some pages of all: enough to see that they can be had
            if (writes) ((byte*)memory)[at] = 1;
            else if (((byte*)memory)[at] != 0) return false;
        _ = munmap(memory, (nuint)bytes);
        return true;
    }

    private static bool Closes(int descriptor) => descriptor >= 0 && LinuxCalls.close(descriptor) == 0;

    [LibraryImport("libc")]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial nint ptrace(nint request, nint process, nint address, nint data);

    [LibraryImport("libc")]
    private static unsafe partial nint process_vm_readv(int process, nint* here, nuint hereCount, nint* there, nuint thereCount, nuint flags);

    [LibraryImport("libc")]
    private static partial int getpriority(int which, int who);

    [LibraryImport("libc")]
    private static partial int setpriority(int which, int who, int value);

    [LibraryImport("libc")]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nuint length);

    [LibraryImport("libc")]
    private static partial int shmctl(int segment, int command, nint data);

    [LibraryImport("libc")]
    private static unsafe partial int pipe(int* ends);

    [LibraryImport("libc")]
    private static partial int fcntl(int file, int command, int argument);

    [LibraryImport("libc")]
    private static unsafe partial nint write(int file, byte* data, nuint count);

    [LibraryImport("libc")]
    private static partial void _exit(int code);

    [LibraryImport("libc")]
    private static partial int waitpid(int process, nint status, int options);
}

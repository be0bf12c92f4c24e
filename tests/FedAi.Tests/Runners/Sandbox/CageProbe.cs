using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FedAi.Runners.Sandbox;

namespace FedAi.Tests.Runners.Sandbox;

/// <summary>What a hostile runner would try. Runs in a process of its own, with and without a cage, and prints what worked.</summary>
internal static partial class CageProbe
{
    /// <summary>More than a probe may have once it is locked.</summary>
    public const long MemoryLimit = 400L << 20;

    private const int PtraceSeize = 0x4206;

    /// <summary>Arguments: locked or free, a file to read and cut off, a process that is not ours, a loopback port where somebody listens.</summary>
    public static int Run(string mode, string file, int process, int port)
    {
        using var warm = new Process(); // its assembly is loaded before the doors close, as llama.cpp's libraries are
        if (mode == "locked" && !ProcessLock.TryApply(MemoryLimit)) return 3;
        var worked = Denials.None;
        if (Works(() => new TcpClient().Connect(IPAddress.Loopback, port))) worked |= Denials.Network;
        if (Works(() => File.ReadAllText(file))) worked |= Denials.ReadFiles;
        if (Works(() => File.Open(file, FileMode.Truncate).Dispose())) worked |= Denials.WriteFiles;
        if (Works(() => Process.Start("/usr/bin/true").Dispose())) worked |= Denials.StartPrograms;
        if (kill(process, 0) == 0) worked |= Denials.SignalProcesses;
        if (ptrace(PtraceSeize, process, 0, 0) == 0) worked |= Denials.TraceProcesses;
        if (Works(Allocate)) worked |= Denials.UnlimitedMemory;
        Console.WriteLine(worked);
        return 0;
    }

    /// <summary>Tries single system calls with arguments that fail harmlessly where they are allowed; prints those that are.</summary>
    public static int RunCalls(string mode)
    {
        var calls = SystemCalls.Here!;
        const int cloneSighandAlone = 0x800; // not valid without CLONE_VM
        (string Name, Func<nint> Call)[] tries =
        [
            ("clone", () => LinuxCalls.syscall(calls.Clone, cloneSighandAlone, 0, 0, 0)),
            ("clone3", () => LinuxCalls.syscall(SystemCalls.Clone3, 0, 0, 0, 0)),
            ("execve", () => LinuxCalls.syscall(calls.Execve, 0, 0, 0, 0)),
            ("execveat", () => LinuxCalls.syscall(calls.Execveat, -1, 0, 0, 0)),
            ("io_uring_setup", () => LinuxCalls.syscall(SystemCalls.IoUringSetup, 0, 0, 0, 0)),
            ("process_vm_readv", () => LinuxCalls.syscall(calls.ProcessVmReadv, Environment.ProcessId, 0, 0, 0)),
            ("pidfd_open", () => LinuxCalls.syscall(SystemCalls.PidfdOpen, -1, 0, 0, 0)),
            ("socket", () => LinuxCalls.syscall(calls.Socket, -1, 0, 0, 0)),
        ];
        if (mode == "locked" && !ProcessLock.TryApply(MemoryLimit)) return 3;
        const int eperm = 1, enosys = 38;
        foreach (var (name, call) in tries)
            if (call() >= 0 || Marshal.GetLastPInvokeError() is not (eperm or enosys))
                Console.WriteLine(name);
        return 0;
    }

    /// <summary>Fills a file without end.</summary>
    public static int RunFill(string file)
    {
        using var stream = File.OpenWrite(file);
        if (!ProcessLock.TryApply(MemoryLimit)) return 3;
        for (var block = new byte[4096]; ; stream.Write(block)) { }
    }

    private static bool Works(Action attempt)
    {
        try
        {
            attempt();
            return true;
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException or Win32Exception or OutOfMemoryException)
        {
            return false;
        }
    }

    private static unsafe void Allocate() => NativeMemory.Free(NativeMemory.AllocZeroed((nuint)MemoryLimit));

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial nint ptrace(nint request, nint process, nint address, nint data);
}

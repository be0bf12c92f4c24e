using System.Runtime.InteropServices;

namespace FedAi.Runners.Sandbox;

/// <summary>
/// A seccomp program that forbids single system calls and lets the others pass (seccomp(2)). It cannot be taken off, and
/// threads and programs started later keep it.
/// </summary>
internal sealed class SeccompFilter
{
    private const uint Allow = 0x7FFF0000;
    private const uint Errno = 0x00050000;
    private const int Eperm = 1;
    private const int Enosys = 38;
    private const ushort LoadWord = 0x20;     // BPF_LD | BPF_W | BPF_ABS
    private const ushort JumpIfEqual = 0x15;  // BPF_JMP | BPF_JEQ | BPF_K
    private const ushort JumpIfAtLeast = 0x35;
    private const ushort JumpIfAnyBit = 0x45;
    private const ushort Return = 0x06;
    private const uint NumberOffset = 0;      // struct seccomp_data: nr, arch, ip, args[6]
    private const uint ArchitectureOffset = 4;
    private const uint FirstArgumentOffset = 16, SecondArgumentOffset = 24, FourthArgumentOffset = 40;
    private const uint X32Bit = 0x40000000;   // a second set of numbers for the same calls, on x86-64 only
    private const uint CloneThread = 0x10000;

    private readonly List<Instruction> program = [];

    [StructLayout(LayoutKind.Sequential)]
    private record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand);

    private SeccompFilter(SystemCalls calls)
    {
        Add(LoadWord, ArchitectureOffset);
        Add(JumpIfEqual, calls.AuditArchitecture, ifTrue: 1);
        Add(Return, Errno | Enosys);
        Add(LoadWord, NumberOffset);
        Add(JumpIfAtLeast, X32Bit, ifFalse: 1);
        Add(Return, Errno | Enosys);
    }

    /// <summary>For a process that has yet to start its program: no sockets by any way, no look into others, no new privileges.</summary>
    public static SeccompFilter BeforeStart(SystemCalls calls)
    {
        var filter = new SeccompFilter(calls);
        filter.ForbidReachingOut(calls);
        filter.Add(Return, Allow);
        return filter;
    }

    /// <summary>
    /// For a process that has loaded what it needs: as before, and no programs, no processes, nothing that reaches other processes of the same
    /// user (signals, also those a descriptor sends; their limits and priorities), and no memory that RLIMIT_DATA does not count (which the library of a GPU's driver needs).
    /// </summary>
    public static SeccompFilter AfterLoading(SystemCalls calls, bool onGpu)
    {
        var filter = new SeccompFilter(calls);
        filter.ForbidReachingOut(calls);
        foreach (var call in (int?[])[calls.Fork, calls.Vfork, calls.Execve, calls.Execveat, calls.Kill, calls.Tkill, calls.RtSigqueueinfo,
                     calls.RtTgsigqueueinfo, SystemCalls.PidfdSendSignal, calls.Unshare, calls.Setns, calls.Setpriority, calls.SchedSetscheduler,
                     calls.SchedSetparam, calls.SchedSetattr, calls.IoprioSet, calls.MigratePages, calls.MovePages, calls.Shmget, calls.Semget,
                     calls.Msgget, calls.MqOpen])
            filter.Forbid(call, Eperm);
        filter.Forbid(SystemCalls.Clone3, Enosys); // its flags lie behind a pointer; the C library falls back to clone
        filter.AllowOnlyWhen(calls.Clone, JumpIfAnyBit, CloneThread);
        filter.AllowOnlyWhen(calls.Prlimit64, JumpIfEqual, 0); // its own limits
        filter.ForbidOwnersOfDescriptors(calls.Fcntl);
        if (!onGpu) filter.ForbidSharedMemory(calls.Mmap);
        filter.AllowOnlyWhen(calls.Tgkill, JumpIfEqual, (uint)Environment.ProcessId); // .NET interrupts its own threads with it
        filter.Add(Return, Allow);
        return filter;
    }

    private void ForbidReachingOut(SystemCalls calls)
    {
        foreach (var call in (int?[])[calls.Socket, SystemCalls.IoUringSetup, calls.Ptrace, calls.ProcessVmReadv, calls.ProcessVmWritev,
                     SystemCalls.PidfdOpen, SystemCalls.PidfdGetfd, calls.Bpf, calls.Mount, SystemCalls.MoveMount, calls.PerfEventOpen,
                     calls.Keyctl, calls.AddKey, calls.RequestKey, calls.OpenByHandleAt, calls.Userfaultfd])
            Forbid(call, Eperm);
    }

    private void Forbid(int? call, int errno)
    {
        if (call is not { } number) return;
        Add(JumpIfEqual, (uint)number, ifFalse: 1);
        Add(Return, Errno | (uint)errno);
    }

    private void AllowOnlyWhen(int call, ushort test, uint operand)
    {
        Add(JumpIfEqual, (uint)call, ifFalse: 4);
        Add(LoadWord, FirstArgumentOffset);
        Add(test, operand, ifFalse: 1);
        Add(Return, Allow);
        Add(Return, Errno | Eperm);
    }

    /// <summary>A descriptor signals its owner, with any signal, when something can be read from it.</summary>
    private void ForbidOwnersOfDescriptors(int fcntl)
    {
        uint[] commands = [8, 10, 15]; // F_SETOWN, F_SETSIG, F_SETOWN_EX
        Add(JumpIfEqual, (uint)fcntl, ifFalse: (byte)(2 + 2 * commands.Length));
        Add(LoadWord, SecondArgumentOffset);
        foreach (var command in commands)
        {
            Add(JumpIfEqual, command, ifFalse: 1);
            Add(Return, Errno | Eperm);
        }
        Add(LoadWord, NumberOffset);
    }

    /// <summary>Anonymous memory that could be shared is a file without a name, which RLIMIT_DATA does not count. Files may be mapped shared: a model is.</summary>
    private void ForbidSharedMemory(int mmap)
    {
        const uint shared = 1, anonymous = 0x20;
        Add(JumpIfEqual, (uint)mmap, ifFalse: 5);
        Add(LoadWord, FourthArgumentOffset);
        Add(JumpIfAnyBit, shared, ifFalse: 2);
        Add(JumpIfAnyBit, anonymous, ifFalse: 1);
        Add(Return, Errno | Eperm);
        Add(LoadWord, NumberOffset);
    }

    private void Add(ushort code, uint operand, byte ifTrue = 0, byte ifFalse = 0) => program.Add(new(code, ifTrue, ifFalse, operand));

    /// <summary>Puts the filter on the calling thread only, or on all threads of this process at once; false where the kernel cannot.</summary>
    public unsafe bool TryApply(SystemCalls calls, bool allThreads)
    {
        const nint SetModeFilter = 1, SyncThreads = 1;
        if (LinuxCalls.prctl(LinuxCalls.PrSetNoNewPrivs, 1, 0, 0, 0) != 0) return false;
        fixed (Instruction* instructions = CollectionsMarshal.AsSpan(program))
        {
            var header = stackalloc nint[2]; // struct sock_fprog: unsigned short length, pointer
            header[0] = program.Count;
            header[1] = (nint)instructions;
            return LinuxCalls.syscall(calls.Seccomp, SetModeFilter, allThreads ? SyncThreads : 0, (nint)header, 0) == 0;
        }
    }
}

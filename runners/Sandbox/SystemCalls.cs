using System.Runtime.InteropServices;

namespace FedAi.Runners.Sandbox;

/// <summary>Numbers of the system calls that a cage names, for the processor this runs on. Null: this processor has no such call.</summary>
internal sealed class SystemCalls
{
    public required uint AuditArchitecture { get; init; }
    public required int Socket { get; init; }
    public required int Clone { get; init; }
    public required int? Fork { get; init; }
    public required int? Vfork { get; init; }
    public required int Execve { get; init; }
    public required int Execveat { get; init; }
    public required int Ptrace { get; init; }
    public required int ProcessVmReadv { get; init; }
    public required int ProcessVmWritev { get; init; }
    public required int Kill { get; init; }
    public required int Tkill { get; init; }
    public required int Tgkill { get; init; }
    public required int RtSigqueueinfo { get; init; }
    public required int RtTgsigqueueinfo { get; init; }
    public required int Seccomp { get; init; }
    public required int Capset { get; init; }
    public required int Bpf { get; init; }
    public required int Mount { get; init; }
    public required int Unshare { get; init; }
    public required int Setns { get; init; }
    public required int PerfEventOpen { get; init; }
    public required int Keyctl { get; init; }
    public required int AddKey { get; init; }
    public required int RequestKey { get; init; }
    public required int OpenByHandleAt { get; init; }
    public required int Userfaultfd { get; init; }
    public required int Mmap { get; init; }
    public required int Fcntl { get; init; }
    public required int Prlimit64 { get; init; }
    public required int Setpriority { get; init; }
    public required int SchedSetscheduler { get; init; }
    public required int SchedSetparam { get; init; }
    public required int SchedSetattr { get; init; }
    public required int IoprioSet { get; init; }
    public required int MigratePages { get; init; }
    public required int MovePages { get; init; }
    public required int Shmget { get; init; }
    public required int Semget { get; init; }
    public required int Msgget { get; init; }
    public required int MqOpen { get; init; }

    // Calls since Linux 5.0 have one number everywhere.
    public const int PidfdSendSignal = 424;
    public const int IoUringSetup = 425;
    public const int MoveMount = 429;
    public const int PidfdOpen = 434;
    public const int Clone3 = 435;
    public const int PidfdGetfd = 438;
    public const int LandlockCreateRuleset = 444;
    public const int LandlockAddRule = 445;
    public const int LandlockRestrictSelf = 446;

    private static readonly SystemCalls X64 = new()
    {
        AuditArchitecture = 0xC000003E, Socket = 41, Clone = 56, Fork = 57, Vfork = 58, Execve = 59, Execveat = 322,
        Ptrace = 101, ProcessVmReadv = 310, ProcessVmWritev = 311, Kill = 62, Tkill = 200, Tgkill = 234, RtSigqueueinfo = 129,
        RtTgsigqueueinfo = 297, Seccomp = 317, Capset = 126, Bpf = 321, Mount = 165, Unshare = 272, Setns = 308, PerfEventOpen = 298,
        Keyctl = 250, AddKey = 248, RequestKey = 249, OpenByHandleAt = 304, Userfaultfd = 323, Mmap = 9, Fcntl = 72,
        Prlimit64 = 302, Setpriority = 141, SchedSetscheduler = 144, SchedSetparam = 142, SchedSetattr = 314, IoprioSet = 251,
        MigratePages = 256, MovePages = 279, Shmget = 29, Semget = 64, Msgget = 68, MqOpen = 240,
    };

    private static readonly SystemCalls Arm64 = new()
    {
        AuditArchitecture = 0xC00000B7, Socket = 198, Clone = 220, Fork = null, Vfork = null, Execve = 221, Execveat = 281,
        Ptrace = 117, ProcessVmReadv = 270, ProcessVmWritev = 271, Kill = 129, Tkill = 130, Tgkill = 131, RtSigqueueinfo = 138,
        RtTgsigqueueinfo = 240, Seccomp = 277, Capset = 91, Bpf = 280, Mount = 40, Unshare = 97, Setns = 268, PerfEventOpen = 241,
        Keyctl = 219, AddKey = 217, RequestKey = 218, OpenByHandleAt = 265, Userfaultfd = 282, Mmap = 222, Fcntl = 25,
        Prlimit64 = 261, Setpriority = 140, SchedSetscheduler = 119, SchedSetparam = 118, SchedSetattr = 274, IoprioSet = 30,
        MigratePages = 238, MovePages = 239, Shmget = 194, Semget = 190, Msgget = 186, MqOpen = 180,
    };

    /// <summary>Null on a processor whose numbers are not written down here; cages then say that they cannot filter calls.</summary>
    public static SystemCalls? Here { get; } = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => X64,
        Architecture.Arm64 => Arm64,
        _ => null,
    };
}

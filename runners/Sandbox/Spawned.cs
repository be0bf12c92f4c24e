using System.ComponentModel;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace FedAi.Runners.Sandbox;

/// <summary>
/// A process started by posix_spawn(3) from the calling thread, with its three standard streams and no other descriptor.
/// .NET's own way passes on whatever a library in another thread has just opened without O_CLOEXEC; here the new process
/// closes everything before it becomes the program. Its streams belong to whoever reads and writes them.
/// </summary>
internal sealed unsafe partial class Spawned
{
    private const int KindProcess = 1, Ended = 4, LeaveForLater = 0x1000000; // P_PID, WEXITED, WNOWAIT
    private const int Interrupted = 4; // EINTR
    private const short DefaultSignals = 4, SignalMask = 8; // POSIX_SPAWN_SETSIGDEF, POSIX_SPAWN_SETSIGMASK

    /// <summary>More than the C library's structures of this kind have: 336 bytes.</summary>
    private const int Structure = 512;

    private readonly Lock gate = new();
    private bool gone;

    /// <summary>Throws <see cref="Win32Exception"/> with what the system says when the program cannot be started.</summary>
    public Spawned(CageCommand command)
    {
        AnonymousPipeServerStream[] pipes = [new(PipeDirection.Out, HandleInheritability.None), new(PipeDirection.In, HandleInheritability.None), new(PipeDirection.In, HandleInheritability.None)];
        (Input, Output, Error) = (pipes[0], pipes[1], pipes[2]);
        byte* actions = stackalloc byte[Structure], attributes = stackalloc byte[Structure], signals = stackalloc byte[Structure];
        var arguments = Strings([command.Executable, .. command.Arguments]);
        var environment = Strings(command.Environment.Select(variable => $"{variable.Key}={variable.Value}"));
        Check(posix_spawn_file_actions_init(actions));
        Check(posix_spawnattr_init(attributes));
        try
        {
            for (var descriptor = 0; descriptor < pipes.Length; descriptor++)
                Check(posix_spawn_file_actions_adddup2(actions, (int)pipes[descriptor].ClientSafePipeHandle.DangerousGetHandle(), descriptor));
            Check(posix_spawn_file_actions_addclosefrom_np(actions, pipes.Length));
            Check(posix_spawn_file_actions_addchdir_np(actions, "/"));
            Check(posix_spawnattr_setflags(attributes, DefaultSignals | SignalMask));
            _ = sigemptyset(signals);
            Check(posix_spawnattr_setsigmask(attributes, signals));
            _ = sigfillset(signals);
            Check(posix_spawnattr_setsigdefault(attributes, signals)); // .NET ignores SIGPIPE
            Check(posix_spawn(out var id, command.Executable, actions, attributes, arguments, environment));
            Id = id;
        }
        catch (Win32Exception)
        {
            foreach (var pipe in pipes) pipe.Dispose();
            throw;
        }
        finally
        {
            _ = posix_spawnattr_destroy(attributes);
            _ = posix_spawn_file_actions_destroy(actions);
            Free(arguments);
            Free(environment);
            foreach (var pipe in pipes) pipe.DisposeLocalCopyOfClientHandle();
        }
    }

    public int Id { get; }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Error { get; }

    /// <summary>Blocks until the process has ended; its exit code, or 128 + signal when killed.</summary>
    public int Wait()
    {
        var facts = stackalloc byte[Structure];
        while (waitid(KindProcess, Id, facts, Ended | LeaveForLater) != 0 && Marshal.GetLastPInvokeError() == Interrupted) { }
        lock (gate)
        {
            gone = true; // from here on its number may be another's
            var code = waitpid(Id, out var status, 0) == Id ? status : 0; // 0: whoever started this process lets the kernel collect its children
            return (code & 0x7f) == 0 ? code >> 8 & 0xff : 128 + (code & 0x7f);
        }
    }

    /// <summary>Ends the process at once, unless it has ended.</summary>
    public void Kill()
    {
        lock (gate)
            if (!gone) _ = kill(Id, LinuxCalls.SigKill);
    }

    private static void Check(int error)
    {
        if (error != 0) throw new Win32Exception(error);
    }

    /// <summary>As execve(2) takes them: pointers to the texts, then null.</summary>
    private static byte** Strings(IEnumerable<string> texts)
    {
        var all = texts.ToArray();
        var pointers = (byte**)NativeMemory.AllocZeroed((nuint)all.Length + 1, (nuint)sizeof(byte*));
        for (var index = 0; index < all.Length; index++) pointers[index] = (byte*)Marshal.StringToCoTaskMemUTF8(all[index]);
        return pointers;
    }

    private static void Free(byte** pointers)
    {
        for (var each = pointers; *each is not null; each++) Marshal.FreeCoTaskMem((nint)(*each));
        NativeMemory.Free(pointers);
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int descriptor, int becomes);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addclosefrom_np(byte* actions, int first);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addchdir_np(byte* actions, string path);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(out int id, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* signals);

    [LibraryImport("libc")]
    private static partial int sigfillset(byte* signals);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int kind, int id, byte* facts, int options);

    [LibraryImport("libc")]
    private static partial int waitpid(int id, out int status, int options);

    [LibraryImport("libc")]
    private static partial int kill(int id, int signal);
}

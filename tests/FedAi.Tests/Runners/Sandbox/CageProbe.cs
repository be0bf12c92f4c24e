using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FedAi.Runners.Sandbox;

namespace FedAi.Tests.Runners.Sandbox;

/// <summary>What a hostile runner would try. Runs in a process of its own, with and without a cage, and prints what worked.</summary>
internal static class CageProbe
{
    /// <summary>More than a probe may have once it is locked.</summary>
    public const long MemoryLimit = 400L << 20;

    /// <summary>More threads than a probe may start once it is locked.</summary>
    private const int ManyThreads = 700;

    /// <summary>Names what works, one per line; and sends a signal by a descriptor, of which only its mark knows whether it arrived. Given are <c>free</c>, <c>locked</c> or <c>gpu</c> (locked as beside a GPU), and the scene (<see cref="CageScene"/>).</summary>
    public static int Run(string mode, string[] scene)
    {
        using var warm = new Process(); // its assembly is loaded before the doors close, as llama.cpp's libraries are
        var attempts = All(CageScene.Parse(scene));
        if (mode != "free" && !ProcessLock.TryApply(MemoryLimit, onGpu: mode == "gpu")) return 3;
        foreach (var attempt in attempts)
            if (Works(attempt.Works))
                Console.WriteLine(attempt.Name);
        ProbeCalls.KillsByDescriptor(CageScene.Parse(scene).Mark);
        return 0;
    }

    /// <summary>Everything, on the things of the scene. Names are the same in every process.</summary>
    public static IReadOnlyList<Attempt> All(CageScene scene) =>
    [
        new("tcp", Denials.Network, () => Connects(new IPEndPoint(IPAddress.Loopback, scene.Port), ProtocolType.Tcp)),
        new("unix socket", Denials.Network, () => Connects(new UnixDomainSocketEndPoint(scene.Socket))),
        new("abstract socket", Denials.Network, () => Connects(new UnixDomainSocketEndPoint("\0" + scene.Abstract))),
        new("netlink", Denials.Network, () => ProbeCalls.OpensNetlink()),
        new("io_uring", Denials.Network, () => ProbeCalls.OpensRing()),
        new("read the key", Denials.ReadFiles, () => File.ReadAllText(scene.Secret).Length > 0),
        new("read /etc/passwd", Denials.ReadFiles, () => File.ReadAllText("/etc/passwd").Length > 0),
        new("list the home", Denials.ReadFiles, () => Directory.GetFileSystemEntries(scene.Home) is not null),
        new("cut the key off", Denials.WriteFiles, () => Opens(scene.Secret, FileMode.Truncate)),
        new("write beside it", Denials.WriteFiles, () => Opens(scene.Secret + ".new", FileMode.Create)),
        new("write to /tmp", Denials.WriteFiles, () => Opens(scene.Temporary, FileMode.Create)),
        new("link in /dev/shm", Denials.WriteFiles, () => File.CreateSymbolicLink(scene.SharedMemory, "anything") is not null),
        new("start a program", Denials.StartPrograms, () => Starts(1)),
        new("start many programs", Denials.StartPrograms, () => Starts(10)),
        new("fork", Denials.StartPrograms, () => ProbeCalls.Forks()),
        new("signal", Denials.DisturbProcesses, () => ProbeCalls.Signals(scene.Victim)),
        new("set limits of another", Denials.DisturbProcesses, () => ProbeCalls.ReachesLimits(scene.Victim)),
        new("set priority of another", Denials.DisturbProcesses, () => ProbeCalls.SetsPriority(scene.Victim)),
        new("read memory by call", Denials.InspectProcesses, () => ProbeCalls.ReadsMemory(scene.Victim, scene.Address)),
        new("read memory as a file", Denials.InspectProcesses, () => ReadsAt($"/proc/{scene.Victim}/mem", scene.Address)),
        new("read the environment", Denials.InspectProcesses, () => File.ReadAllText($"/proc/{scene.Victim}/environ").Length > 0),
        new("memory", Denials.UnlimitedMemory, Allocates),
        new("shared memory", Denials.UnlimitedMemory, () => ProbeCalls.MapsShared(MemoryLimit)),
        new("memory of /dev/zero", Denials.UnlimitedMemory, () => ProbeCalls.MapsZero(MemoryLimit)),
        new("memory segment", Denials.UnlimitedMemory, () => ProbeCalls.MakesSegment()),
        new("threads", Denials.EndlessThreads, StartsThreads),
        new("trace", Denials.InspectProcesses, () => ProbeCalls.Traces(scene.Victim)), // late, because it may hold the victim up
    ];

    /// <summary>Fills a file without end.</summary>
    public static int RunFill(string file)
    {
        using var stream = File.OpenWrite(file);
        if (!ProcessLock.TryApply(MemoryLimit, onGpu: false)) return 3;
        for (var block = new byte[4096]; ; stream.Write(block)) { }
    }

    private static bool Works(Func<bool> attempt)
    {
        try
        {
            return attempt();
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException or Win32Exception or OutOfMemoryException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    private static bool Connects(EndPoint to, ProtocolType protocol = ProtocolType.Unspecified)
    {
        using var socket = new Socket(to.AddressFamily, SocketType.Stream, protocol);
        socket.Connect(to);
        return true;
    }

    private static bool Opens(string file, FileMode mode)
    {
        File.Open(file, mode).Dispose();
        return true;
    }

    private static bool ReadsAt(string file, long position)
    {
        using var handle = File.OpenHandle(file);
        return RandomAccess.Read(handle, new byte[8], position) == 8;
    }

    private static bool Starts(int count)
    {
        for (var i = 0; i < count; i++) Process.Start("/usr/bin/true").Dispose();
        return true;
    }

    private static unsafe bool Allocates()
    {
        NativeMemory.Free(NativeMemory.AllocZeroed((nuint)MemoryLimit));
        return true;
    }

    private static bool StartsThreads()
    {
        using var end = new ManualResetEventSlim();
        var started = new List<Thread>();
        try
        {
            for (var i = 0; i < ManyThreads; i++)
            {
                var thread = new Thread(end.Wait, maxStackSize: 1 << 16);
                thread.Start();
                started.Add(thread);
            }
            return true;
        }
        finally
        {
            end.Set();
            foreach (var thread in started) thread.Join();
        }
    }
}

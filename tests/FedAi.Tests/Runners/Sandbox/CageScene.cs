using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Sandbox;

/// <summary>
/// What a probe aims at, outside its cage: a secret file, listeners, a process that is not its business. Given to the probe
/// as text, one member per argument.
/// </summary>
internal sealed record CageScene(string Secret, string Home, int Port, string Socket, string Abstract, int Victim, long Address, int Mark)
{
    public string Temporary => $"/tmp/fedai-probe-{Victim}";

    public string SharedMemory => $"/dev/shm/fedai-probe-{Victim}";

    public string[] ToArguments() => [Secret, Home, Text(Port), Socket, Abstract, Text(Victim), Text(Address), Text(Mark)];

    public static CageScene Parse(string[] arguments) => arguments is [var secret, var home, var port, var socket, var name, var victim, var address, var mark]
        ? new(secret, home, int.Parse(port, CultureInfo.InvariantCulture), socket, name, int.Parse(victim, CultureInfo.InvariantCulture), long.Parse(address, CultureInfo.InvariantCulture), int.Parse(mark, CultureInfo.InvariantCulture))
        : throw new FormatException("a scene has 8 members");

    /// <summary>Sets the scene, lets <paramref name="probe"/> play in it, and takes it down. This process is the victim, another one the mark of signals that kill; also whether it lives.</summary>
    public static async Task<(T Result, bool MarkLives)> PlayAsync<T>(Func<CageScene, Task<T>> probe)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("identity.nsec"), "nsec1…");
        using var tcp = new TcpListener(IPAddress.Loopback, 0);
        tcp.Start();
        using var unix = Listen(new UnixDomainSocketEndPoint(folder.File("fedai.sock")));
        var name = Path.GetFileName(folder.Path);
        using var hidden = Listen(new UnixDomainSocketEndPoint("\0" + name));
        using var mark = Process.Start("/usr/bin/sleep", "600");
        var secret = GCHandle.Alloc(new byte[8], GCHandleType.Pinned);
        var scene = new CageScene(folder.File("identity.nsec"), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ((IPEndPoint)tcp.LocalEndpoint).Port,
            folder.File("fedai.sock"), name, Environment.ProcessId, secret.AddrOfPinnedObject(), mark.Id);
        try
        {
            var result = await probe(scene);
            return (result, Lives(mark));
        }
        finally
        {
            secret.Free();
            mark.Kill();
            File.Delete(scene.Temporary);
            File.Delete(scene.SharedMemory);
        }
    }

    /// <summary>A killed process may need a moment to end, but the kernel has the signal written down at once.</summary>
    private static bool Lives(Process process)
    {
        const long kill = 1 << 8;
        try
        {
            var facts = File.ReadAllLines($"/proc/{process.Id}/status");
            var pending = facts.Where(line => line.StartsWith("SigPnd:", StringComparison.Ordinal) || line.StartsWith("ShdPnd:", StringComparison.Ordinal));
            return !facts.Any(line => line.StartsWith("State:\tZ", StringComparison.Ordinal)) && pending.All(line => (long.Parse(line[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & kill) == 0);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static Socket Listen(EndPoint at)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(at);
        socket.Listen();
        return socket;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

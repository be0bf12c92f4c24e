using System.Diagnostics;
using System.Globalization;

namespace FedAi.TestKit;

/// <summary>
/// Two machines as far as the network is concerned: <see cref="Outside"/> has a public address, <see cref="Home"/> a private one behind it, and
/// each has a loopback of its own. They exist in the kernel of this machine only, and need root.
/// </summary>
internal sealed class NetworkNamespaces : IDisposable
{
    public const string OutsideAddress = "11.0.0.1";
    public const string HomeAddress = "192.168.77.2";

    /// <summary>What <c>ip netns exec</c> lays over /etc.</summary>
    private const string Resolvers = "/etc/netns";

    private static int count;

    private NetworkNamespaces(string name) => (Outside, Home) = (name + "o", name + "h");

    /// <summary>Null when namespaces can be made, else why not.</summary>
    public static string? Unavailable { get; } = Try();

    public string Outside { get; }

    public string Home { get; }

    public static NetworkNamespaces Create()
    {
        var made = new NetworkNamespaces(string.Create(CultureInfo.InvariantCulture, $"fa{Environment.ProcessId}-{Interlocked.Increment(ref count)}"));
        try
        {
            Ip("netns", "add", made.Outside);
            Ip("netns", "add", made.Home);
            Ip("-n", made.Outside, "link", "add", "v0", "type", "veth", "peer", "name", "v0", "netns", made.Home);
            foreach (var (space, address) in new[] { (made.Outside, OutsideAddress), (made.Home, HomeAddress) })
            {
                Ip("-n", space, "addr", "add", address + "/32", "dev", "v0");
                Ip("-n", space, "link", "set", "v0", "up");
                Ip("-n", space, "link", "set", "lo", "up");
                Ip("-n", space, "route", "add", "default", "dev", "v0");
            }

            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Pulls the cable: nobody is told, packets just do not arrive.</summary>
    public void Cut() => Ip("-n", Home, "link", "set", "v0", "down");

    public void Mend()
    {
        Ip("-n", Home, "link", "set", "v0", "up");
        Ip("-n", Home, "route", "add", "default", "dev", "v0");
    }

    /// <summary>Names that programs started in <see cref="Outside"/> from now on look up are asked for at port 53 of its loopback.</summary>
    public void UseOwnResolver()
    {
        var folder = Path.Combine(Resolvers, Outside);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "resolv.conf"), "nameserver 127.0.0.1\noptions timeout:1 attempts:2\n");
    }

    /// <summary>What starts a program in one of them.</summary>
    public static string[] In(string space) => ["ip", "netns", "exec", space];

    public void Dispose()
    {
        if (Directory.Exists(Path.Combine(Resolvers, Outside))) Directory.Delete(Path.Combine(Resolvers, Outside), recursive: true);
        foreach (var space in new[] { Outside, Home }) Process.Start(new ProcessStartInfo("ip", ["netns", "del", space]) { RedirectStandardError = true })!.WaitForExit();
    }

    private static string? Try()
    {
        if (!Environment.IsPrivilegedProcess) return "needs root to make network namespaces";
        try
        {
            Create().Dispose();
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return exception.Message;
        }
    }

    private static void Ip(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"ip {string.Join(' ', arguments)} failed: {error.Trim()}");
    }
}

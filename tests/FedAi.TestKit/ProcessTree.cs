using System.Globalization;

namespace FedAi.TestKit;

/// <summary>Processes and their children, as the kernel tells.</summary>
internal static class ProcessTree
{
    /// <summary>The ids of the process's descendants with this command name (at most 15 characters, as the kernel keeps it).</summary>
    public static IReadOnlyList<int> Find(int ancestor, string command)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? Read(id) : null)
            .OfType<(int Id, int Parent, string Command)>().ToLookup(process => process.Parent);
        return [.. Below(ancestor).Where(process => process.Command == command).Select(process => process.Id)];

        IEnumerable<(int Id, int Parent, string Command)> Below(int id) => all[id].SelectMany(child => Below(child.Id).Prepend(child));
    }

    /// <summary>Whether a file with this name is mapped into the process; one that has ended has none.</summary>
    public static bool HasMapped(int id, string fileName)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/maps").Contains(fileName, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>CPU time the process has used, all its threads, in user and kernel mode.</summary>
    public static TimeSpan CpuTime(int id)
    {
        var fields = AfterCommand(File.ReadAllText($"/proc/{id}/stat"));
        const double ticksPerSecond = 100; // sysconf(_SC_CLK_TCK), 100 on every Linux that .NET runs on
        return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / ticksPerSecond);
    }

    private static (int, int, string)? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return (id, int.Parse(AfterCommand(stat)[1], CultureInfo.InvariantCulture), stat[(stat.IndexOf('(') + 1)..stat.LastIndexOf(')')]);
        }
        catch (IOException)
        {
            return null; // it ended meanwhile
        }
    }

    /// <summary>The fields after the command, which may hold blanks: state, parent, …</summary>
    private static string[] AfterCommand(string stat) => stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
}

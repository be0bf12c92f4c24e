namespace FedAi.Runners.Sandbox;

/// <summary>Pure: what each part of a cage denies, and so what the whole does <b>not</b> deny.</summary>
internal static class DenialRules
{
    /// <summary>What the parent's part denies. Landlock forbids truncating files only from ABI 3 on.</summary>
    public static Denials Outer(IsolationLevel level, int landlockAbi) => level switch
    {
        IsolationLevel.Bubblewrap =>
            Denials.Network | Denials.ReadFiles | Denials.WriteFiles | Denials.DisturbProcesses | Denials.InspectProcesses,
        IsolationLevel.Landlock =>
            Denials.Network | Denials.ReadFiles | Denials.InspectProcesses | (landlockAbi >= 3 ? Denials.WriteFiles : Denials.None),
        IsolationLevel.Unshare => Denials.Network | Denials.InspectProcesses,
        _ => Denials.None,
    };

    /// <summary>
    /// What is denied once the process has locked itself as well (<see cref="ProcessLock"/>). Not looking into other processes: their memory is a file
    /// too. Not unlimited memory where any file can be opened (<c>/dev/zero</c> is some) or a GPU's driver shares it. And the kernel counts no threads for root.
    /// </summary>
    public static Denials Whole(Denials outer, bool locked, bool isRoot, bool onGpu)
    {
        if (!locked) return outer;
        var memory = outer.HasFlag(Denials.ReadFiles) && !onGpu ? Denials.UnlimitedMemory : Denials.None;
        var threads = isRoot ? Denials.None : Denials.EndlessThreads;
        return outer | Denials.Network | Denials.StartPrograms | Denials.DisturbProcesses | memory | threads;
    }

    /// <summary>Names, for <c>/status</c>, of what is not denied; empty is what one wants to see.</summary>
    public static IReadOnlyList<string> NotDenied(Denials denied) =>
    [
        .. from pair in new (Denials Denial, string Name)[]
           {
               (Denials.Network, "network"),
               (Denials.ReadFiles, "reading files"),
               (Denials.WriteFiles, "changing files"),
               (Denials.StartPrograms, "starting programs"),
               (Denials.DisturbProcesses, "disturbing processes"),
               (Denials.InspectProcesses, "looking into processes"),
               (Denials.UnlimitedMemory, "unlimited memory"),
               (Denials.EndlessThreads, "endless threads"),
           }
           where !denied.HasFlag(pair.Denial)
           select pair.Name,
    ];

    /// <summary>The level's name in <c>/status</c> and options.</summary>
    public static string Name(IsolationLevel level) => level switch
    {
        IsolationLevel.Bubblewrap => "bubblewrap",
        IsolationLevel.Landlock => "landlock",
        IsolationLevel.Unshare => "unshare",
        IsolationLevel.Rlimits => "rlimits",
        _ => "none",
    };
}

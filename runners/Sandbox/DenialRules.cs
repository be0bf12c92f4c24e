namespace FedAi.Runners.Sandbox;

/// <summary>Pure: what each part of a cage denies, and so what the whole does <b>not</b> deny.</summary>
internal static class DenialRules
{
    /// <summary>What the parent's part denies. Landlock forbids truncating files only from ABI 3 on.</summary>
    public static Denials Outer(IsolationLevel level, int landlockAbi) => level switch
    {
        IsolationLevel.Bubblewrap =>
            Denials.Network | Denials.ReadFiles | Denials.WriteFiles | Denials.SignalProcesses | Denials.TraceProcesses,
        IsolationLevel.Landlock =>
            Denials.Network | Denials.ReadFiles | Denials.TraceProcesses | (landlockAbi >= 3 ? Denials.WriteFiles : Denials.None),
        IsolationLevel.Unshare => Denials.Network | Denials.TraceProcesses,
        _ => Denials.None,
    };

    /// <summary>What the process denies itself once its libraries are loaded (<see cref="ProcessLock"/>).</summary>
    public static Denials Inner(bool locked) => locked
        ? Denials.Network | Denials.StartPrograms | Denials.SignalProcesses | Denials.TraceProcesses | Denials.UnlimitedMemory
        : Denials.None;

    /// <summary>Names, for <c>/status</c>, of what is not denied; empty is what one wants to see.</summary>
    public static IReadOnlyList<string> NotDenied(Denials denied) =>
    [
        .. from pair in new (Denials Denial, string Name)[]
           {
               (Denials.Network, "network"),
               (Denials.ReadFiles, "reading files"),
               (Denials.WriteFiles, "changing files"),
               (Denials.StartPrograms, "starting programs"),
               (Denials.SignalProcesses, "signalling processes"),
               (Denials.TraceProcesses, "tracing processes"),
               (Denials.UnlimitedMemory, "unlimited memory"),
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

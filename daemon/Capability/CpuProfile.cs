namespace FedAi.Daemon.Capability;

/// <summary>The processor: physical cores and threads that this process may use, and how much of them (a control group may leave half of one).</summary>
internal sealed record CpuProfile
{
    /// <summary>As <c>uname -m</c> says it, such as x86_64 or aarch64.</summary>
    public required string Arch { get; init; }
    public required int Cores { get; init; }
    public required int Threads { get; init; }

    /// <summary>Thousandths of a thread that may run at once: 2000 on two threads, 500 in a container with half of one.</summary>
    public required int UsableMilli { get; init; }

    /// <summary>The highest; null when the system does not tell.</summary>
    public double? FrequencyGHz { get; init; }

    /// <summary>Of the instruction sets only those that matter here: the whole list would tell the model.</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>Why it runs slower than it could; null when it does not.</summary>
    public string? Throttled { get; init; }

    public bool Has(string flag) => Flags.Contains(flag);
}

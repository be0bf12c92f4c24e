namespace FedAi.Daemon.Capability;

/// <summary>What a machine must have to be called capable of a router. A router that is slow or gone takes its nodes with it, so these are stricter than a node's.</summary>
internal sealed record RouterMinimums
{
    /// <summary>The processor's architecture. Default: x86_64.</summary>
    public string Arch { get; init; } = "x86_64";

    /// <summary>Whether the processor must have AVX2. Default: true.</summary>
    public bool Avx2 { get; init; } = true;

    /// <summary>GiB of memory installed. Default: 16.</summary>
    public int RamGb { get; init; } = 16;

    /// <summary>GiB of memory below which a note is made. Default: 32.</summary>
    public int RamPreferredGb { get; init; } = 32;

    /// <summary>Whether the disk must be an SSD; one that nobody could tell is none. Default: true.</summary>
    public bool Ssd { get; init; } = true;

    /// <summary>Milliseconds of jitter at most; 0 does not ask for a measured network. Default: 20.</summary>
    public int MaxJitterMs { get; init; } = 20;

    /// <summary>Megabits per second of upload at least; 0 does not ask. Default: 10.</summary>
    public int MinUploadMbps { get; init; } = 10;

    /// <summary>Requests per second that the benchmark must sustain. Default: 200.</summary>
    public int MinRequestsPerSecond { get; init; } = 200;

    /// <summary>Microseconds for choosing among a thousand nodes, of which 99 in 100 decisions must stay below. Default: 20000.</summary>
    public int MaxDecisionMicroseconds { get; init; } = 20_000;

    /// <summary>Percent of requests that must be answered while nodes fail, and while memory is short. Default: 99.</summary>
    public int MinAnsweredPercent { get; init; } = 99;
}

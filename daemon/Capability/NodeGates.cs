namespace FedAi.Daemon.Capability;

/// <summary>What a machine must have before a role is recommended. Below it the role can still be forced, with a warning.</summary>
internal sealed record NodeGates
{
    /// <summary>GiB of memory, as far as control groups leave it, for a model on the processor. Default: 32.</summary>
    public int LlmCpuMinRamGb { get; init; } = 32;

    /// <summary>Physical cores, with AVX2, for a model on the processor. Default: 16.</summary>
    public int LlmCpuMinCores { get; init; } = 16;

    /// <summary>GiB of GPU memory for a model on the GPU. Default: 6.</summary>
    public int LlmGpuMinVramGb { get; init; } = 6;

    /// <summary>GiB of memory beside the GPU for a model on it. Default: 8.</summary>
    public int LlmGpuMinRamGb { get; init; } = 8;

    /// <summary>Tokens per second that the installed model must reach, where it was measured; slower than reading speed helps nobody. Default: 5.</summary>
    public int LlmMinTokensPerSecond { get; init; } = 5;

    /// <summary>MiB of memory that every role needs beside the system. Default: 256.</summary>
    public int MinFreeRamMb { get; init; } = 256;

    /// <summary>Requests at once by band, as net_poor=1; a machine in that band is recommended no more. Default: none, which leaves it to what was found.</summary>
    public IReadOnlyList<string> LowConcurrency { get; init; } = [];

    /// <summary>Roles by band, as cpu_low=prepost_node+policy_node; a machine in that band is offered no others. Default: none, which leaves it to the gates.</summary>
    public IReadOnlyList<string> RolesByBand { get; init; } = [];
}

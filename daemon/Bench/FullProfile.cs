using FedAi.Daemon.Capability;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Bench;

/// <summary>The profile of this machine with all that must be measured for it: the way to others, up and down, and where it is wanted the disk.</summary>
internal static class FullProfile
{
    /// <param name="folder">The data folder.</param>
    /// <param name="targets">Whom to ask for latency and jitter.</param>
    /// <param name="routers">Whom to ask for upload and download.</param>
    /// <param name="sampleDisk">Whether the disk is measured too, in about a second.</param>
    public static async Task<MachineProfile> RunAsync(string folder, IReadOnlyList<Uri> targets, IReadOnlyList<PeerEndpoint> routers, bool sampleDisk, FullProfileOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var profile = await MachineScan.RunAsync(MachineRoot.This, folder, targets, options.Bands, options.Privacy, time, cancellationToken);
        var problems = profile.Problems;
        var hardware = profile.Hardware;
        var network = await NetworkBench.WithThroughputAsync(profile.Network, routers, options.AllowPrivate, time, cancellationToken);
        if (sampleDisk)
        {
            hardware = hardware with { Disk = hardware.Disk with { Sample = DiskWork.Sample(folder, out var problem) } };
            problems = [.. problems.Where(known => !known.Contains("--disk-sample", StringComparison.Ordinal)), .. problem is null ? Array.Empty<string>() : [problem]];
        }

        return profile with { Hardware = hardware, Network = network, Problems = problems, CapabilityBands = BandRules.Of(hardware, network, options.Bands) };
    }
}

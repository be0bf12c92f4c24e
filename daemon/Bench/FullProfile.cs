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
        var (hardware, network) = (profile.Hardware, profile.Network);
        // Who did not answer within its 3 s is not waited for again.
        var there = routers.Where(router => network.Targets.Any(target => target.LatencyMs is not null && IsSame(new Uri(target.Target), router.Base))).ToList();
        if (there.Count > 0)
        {
            var (up, down) = await ThroughputClient.MeasureAsync(there, options.AllowPrivate, time, cancellationToken);
            network = network with { UploadMbps = up, DownloadMbps = down };
        }

        if (sampleDisk)
        {
            hardware = hardware with { Disk = hardware.Disk with { Sample = DiskWork.Sample(folder, out var problem) } };
            problems = [.. problems.Where(known => !known.Contains("--disk-sample", StringComparison.Ordinal)), .. problem is null ? Array.Empty<string>() : [problem]];
        }

        return profile with { Hardware = hardware, Network = network, Problems = problems, CapabilityBands = BandRules.Of(hardware, network, options.Bands) };
    }

    /// <summary>Whatever path they are asked at.</summary>
    private static bool IsSame(Uri one, Uri other) => (one.Scheme, one.Host, one.Port) == (other.Scheme, other.Host, other.Port);
}

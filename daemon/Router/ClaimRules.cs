using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Router;

/// <summary>
/// What a node's own word about its machine is worth. Pure. Bands weigh in the first choices, by the points existing software gives them
/// (WIRE 3.10), at most as much as one second of latency; with every job that this router sees, less, and soon nothing (DECISIONS E28).
/// </summary>
internal static class ClaimRules
{
    /// <summary>The member of a request's metadata that names the least GPU band it needs.</summary>
    public const string GpuMember = "gpu";

    /// <summary>0 to 1 points, by which a node stands better.</summary>
    public static double Weight(NodeClaim? claim, long samples) =>
        claim is null or { Ignored: not null } || samples >= claim.DecaySamples ? 0 : Score(claim.Bands) / 100.0 * (1 - (double)samples / claim.DecaySamples);

    /// <summary>Whether the node, by its own word, has such a GPU; who said nothing has none.</summary>
    public static bool HasGpu(NodeClaim? claim, string? gpu) =>
        gpu is null || (claim is not null && Rank(BandNames.Gpu, claim.Bands.Gpu) >= Rank(BandNames.Gpu, gpu));

    /// <summary>Whether the node, by its own word, takes so large a prompt; who said nothing is not kept out.</summary>
    public static bool Takes(NodeClaim? claim, long promptBytes) => claim is null || promptBytes <= claim.MaxPayloadBytes;

    private static int Score(CapabilityBands bands) => Math.Min(100,
        bands.Cpu switch { "cpu_high" => 30, "cpu_mid" => 15, _ => 0 }
        + bands.Ram switch { "ram_64_plus" => 25, "ram_32" => 15, "ram_16" => 5, _ => 0 }
        + (bands.Disk == "disk_ssd" ? 10 : 0)
        + (bands.Net == "net_good" ? 10 : 0)
        + bands.Gpu switch { "gpu_24gb_plus" => 20, "gpu_16gb" => 10, "gpu_8gb" => 5, _ => 0 });

    private static int Rank(IReadOnlyList<string> bands, string band)
    {
        for (var i = 0; i < bands.Count; i++)
            if (bands[i] == band) return i;
        return -1;
    }
}

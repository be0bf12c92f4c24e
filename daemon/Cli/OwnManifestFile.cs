using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Cli;

/// <summary>Signs the manifest of a data folder as its options have it, and puts it in its place.</summary>
internal static class OwnManifestFile
{
    /// <summary>What a router that nobody measured says: no limit in practice, because a guess would turn honest requests away (DECISIONS E34).</summary>
    private const int UnmeasuredQps = 100_000;

    /// <summary>The path it was written to.</summary>
    public static string Write(string folder, Role role, KeyPair key, FedAiOptions options, ManifestFacts facts)
    {
        var path = RoleFile.PathFor(folder, role);
        facts = facts with { Privacy = options.Privacy, TlsSpki = options.Http.Tls.Mode == TlsMode.Pinned ? PinnedCertificate.Open(folder).Spki : null };
        Replace(path, role == Role.Router ? Router(key, options, facts) : Node(key, options, facts));
        return path;
    }

    /// <summary>Beside it first and synced, so that neither a reader nor a power cut leaves half a file.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        using (var file = File.Create(path + ".new"))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    private static byte[] Router(KeyPair key, FedAiOptions options, ManifestFacts facts)
    {
        var sustained = facts.Bench is { Counts: true } bench ? bench.Of(FigureNames.Requests) : null;
        var limits = new RouterLimits
        {
            MaxQps = options.Router.MaxRequestsPerSecond > 0 ? options.Router.MaxRequestsPerSecond : Math.Max(1, sustained is { } perSecond ? Coarse(perSecond) : UnmeasuredQps),
            MaxConcurrentJobs = options.Router.MaxConcurrentJobs,
            MaxPayloadBytes = options.Http.MaxRequestBytes,
        };
        return ManifestWriter.Router(key, new RouterTerms(limits, options.Router.Policies, options.Audit.Mode.ToString().ToLowerInvariant()), facts);
    }

    /// <summary>Two digits, as the benchmarks in the manifest have it, and never more than was sustained.</summary>
    private static long Coarse(long value)
    {
        var step = 1L;
        while (value / step >= 100) step *= 10;
        return value / step * step;
    }

    private static byte[] Node(KeyPair key, FedAiOptions options, ManifestFacts facts)
    {
        var limits = new Protocol.Messages.NodeLimits { MaxConcurrency = options.Node.MaxConcurrency, MaxPayloadBytes = options.Node.MaxPromptBytes, MaxTokens = options.Node.MaxTokens };
        var pricing = new PricingDefaults
        {
            Unit = "token",
            InputRate = Prices.ToSat(options.Node.Pricing.InputMsat),
            OutputRate = Prices.ToSat(options.Node.Pricing.OutputMsat),
            Currency = Prices.Sat,
        };
        return ManifestWriter.Node(key, Roles(options, facts.Profile), limits, pricing, facts);
    }

    /// <summary>The small ones that are switched on, and that of the model.</summary>
    private static List<string> Roles(FedAiOptions options, MachineProfile? profile)
    {
        List<string> roles = [.. options.Node.Roles];
        if (options.Runner.Kind != RunnerKind.None) roles.Add(profile is null or { CapabilityBands.Gpu: "gpu_none" } ? RoleTypes.LlmCpuSmall : RoleTypes.LlmGpu);
        return roles;
    }
}

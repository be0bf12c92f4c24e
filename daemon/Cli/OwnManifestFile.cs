using System.Text.Json;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
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

    /// <summary>What the valid manifest of this key says of its machine; null when there is none.</summary>
    public static ManifestBefore? Before(string folder, Role role, KeyPair key)
    {
        if (!File.Exists(RoleFile.PathFor(folder, role))) return null;
        var json = File.ReadAllBytes(RoleFile.PathFor(folder, role));
        if (role == Role.Router)
            return Manifests.Open(json, ProtocolJson.Default.RouterManifest) is { Manifest: { } router, Key: { } by } && by.Equals(key.PublicKey)
                ? new ManifestBefore(router.CapabilityBands, router.Benchmarks, router.Profile) { MaxQps = router.Limits.MaxQps, RouterMode = router.RouterMode } : null;
        return Manifests.Open(json, ProtocolJson.Default.NodeManifest) is { Manifest: { } node, Key: { } signer } && signer.Equals(key.PublicKey)
            ? new ManifestBefore(node.CapabilityBands, node.Benchmarks, node.Profile) { ModelRole = node.RoleTypes.FirstOrDefault(role => role is RoleTypes.LlmCpuSmall or RoleTypes.LlmGpu) } : null;
    }

    /// <summary>The small roles that are switched on, and that of the model.</summary>
    public static IReadOnlyList<string> Roles(FedAiOptions options, ManifestFacts facts)
    {
        List<string> roles = [.. options.Node.Roles];
        if (options.Runner.Kind != RunnerKind.None)
            roles.Add(facts.ModelRole ?? facts.Before?.ModelRole ?? (facts.Profile is null or { CapabilityBands.Gpu: "gpu_none" } ? RoleTypes.LlmCpuSmall : RoleTypes.LlmGpu));
        return roles;
    }

    private static byte[] Router(KeyPair key, FedAiOptions options, ManifestFacts facts)
    {
        var limits = new RouterLimits
        {
            MaxQps = options.Router.MaxRequestsPerSecond > 0 ? options.Router.MaxRequestsPerSecond : Sustained(facts) ?? UnmeasuredQps,
            MaxConcurrentJobs = options.Router.MaxConcurrentJobs,
            MaxPayloadBytes = options.Http.MaxRequestBytes,
        };
        return ManifestWriter.Router(key, new RouterTerms(limits, options.Router.Policies, options.Audit.Mode.ToString().ToLowerInvariant()), facts);
    }

    /// <summary>Requests per second of a whole benchmark, this one or the one that the manifest told of before; to two digits, as the manifest has it, and never more than was sustained.</summary>
    private static double? Sustained(ManifestFacts facts)
    {
        if (facts.Bench is { } bench) return bench.Counts && bench.Of(FigureNames.Requests) is { } measured ? Math.Max(1, Coarse(measured)) : null;
        if (facts.Before is not { Benchmarks: { ValueKind: JsonValueKind.Object } benchmarks } before) return null;
        var told = ManifestBenchmarks.Again(benchmarks, PrivacyMode.Strict);
        if (Says(told, "short") || Says(told, "partial") || !told.TryGetProperty(FigureNames.Requests, out var figure) || figure.ValueKind != JsonValueKind.Number || !figure.TryGetInt64(out var most)) return null;
        // It was rounded to the nearest two digits. What stood beside it was cut off, where it was made from it.
        var least = Math.Max(1, Coarse(most - (Step(most) / 2)));
        return before.MaxQps >= least && before.MaxQps <= most ? before.MaxQps : least;
    }

    private static bool Says(JsonElement told, string member) => told.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.True;

    private static long Coarse(long value) => value / Step(value) * Step(value);

    /// <summary>Of the second digit.</summary>
    private static long Step(long value)
    {
        var step = 1L;
        while (value / step >= 100) step *= 10;
        return step;
    }

    private static byte[] Node(KeyPair key, FedAiOptions options, ManifestFacts facts) =>
        ManifestWriter.Node(key, Roles(options, facts), NodeTerms.Limits(options.Node, options.Runner), NodeTerms.Pricing(options.Node.Pricing), facts with { HasJson = HasJson(options) });

    /// <summary>Small roles speak nothing else, and models here are held to it by a grammar; of servers elsewhere the operator says it.</summary>
    private static bool HasJson(FedAiOptions options) => options.Node.Roles.Count > 0 || options.Runner.Kind != RunnerKind.OpenAi
        || options.Runner.Upstreams.Any(upstream => upstream.Features is null || upstream.Features.Contains(ModelFeatures.Json));
}

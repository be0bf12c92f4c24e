using System.Net;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Rules;
using FedAi.Runners.Library;
using FedAi.Runners.Roles;

namespace FedAi.Daemon.Hosting;

/// <summary>Which values make sense. Pure: the whole list of problems, each naming its key and what to do.</summary>
internal static class OptionsRules
{
    public static IReadOnlyList<string> Problems(FedAiOptions options) =>
    [
        .. Network(options.Network),
        .. Listen("http.listen", options.Http.Listen, options.Http.AllowPlain || options.Http.Tls.Mode != TlsMode.None,
            "there is no TLS; set http.tls.mode to pinned (or to files, with a certificate of yours), listen on 127.0.0.1, or put a proxy with TLS in front and set http.allowPlain"),
        .. Tls(options.Http),
        .. Listen("gateway.listen", options.Gateway.Listen, options.Gateway.AllowNonLoopback,
            "everybody who reaches it would ask in your name; listen on 127.0.0.1, or set gateway.allowNonLoopback"),
        .. PublicEndpoint(options.Http.PublicEndpoint),
        .. Everywhere(options.Http.Listen, options.Http.PublicEndpoint),
        .. Range("http.maxRequestBytes", options.Http.MaxRequestBytes, 1024, 64 * 1024 * 1024),
        .. Relays("relays.bootstrap", options.Relays.Bootstrap, options.Relays.AllowPlain),
        .. Relays("relays.publish", options.Relays.Publish, options.Relays.AllowPlain),
        .. from directory in options.Relays.Directories
           where !Uri.TryCreate(directory, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0 || uri.UserInfo.Length > 0
           select $"relays.directories: {directory} must be an http or https URL without user",
        .. from directory in options.Relays.Directories
           where !options.Relays.AllowPlain && Uri.TryCreate(directory, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && !AddressPolicy.AllowsPlain(uri)
           select $"relays.directories: {directory} is not encrypted, so anybody on the way could name relays: use https://, or set relays.allowPlain",
        .. options.Relays.Directories.Count > 16 ? ["relays.directories may have 16 entries"] : Array.Empty<string>(),
        .. Range("relays.quorum", options.Relays.Quorum, 0, 50),
        .. Keys("relays.monitors", options.Relays.Monitors),
        .. from trust in options.Relays.TrustScores
           where !RelaySources.TryReadTrust(trust, out _)
           select $"relays.trustScores: {trust} must be wss://relay.example=points, with whole points",
        .. Range("relays.minScore", options.Relays.MinScore, 0, 1000),
        .. Range("relays.maxResults", options.Relays.MaxResults, 0, 500),
        .. Range("relays.maxJoined", options.Relays.MaxJoined, 0, 50),
        .. Range("relays.refreshMinutes", options.Relays.RefreshMinutes, 1, 10_080),
        .. Keys("filter.allow", options.Filter.Allow),
        .. Keys("filter.follow", options.Filter.Follow),
        .. Keys("filter.mute", options.Filter.Mute),
        .. Keys("filter.block", options.Filter.Block),
        .. Range("filter.rate.perAuthor", options.Filter.Rate.PerAuthor, 1, 100_000),
        .. Range("filter.rate.windowSeconds", options.Filter.Rate.WindowSeconds, 1, 3600),
        .. Keys("filter.wot.roots", options.Filter.Wot.Roots),
        .. Keys("filter.wot.providers", options.Filter.Wot.Providers),
        .. Range("filter.wot.maxDepth", options.Filter.Wot.MaxDepth, 1, 4),
        .. Range("filter.wot.minScore", options.Filter.Wot.MinScore, 1, TrustSnapshot.Full),
        .. Keys("gateway.nodes.allow", options.Gateway.Nodes.Allow),
        .. Range("gateway.nodes.minTrust", options.Gateway.Nodes.MinTrust, 1, TrustSnapshot.Full),
        .. Keys("gateway.ownNodes", options.Gateway.OwnNodes),
        .. from router in options.Node.Routers
           where !RouterLink.TryParse(router, out _)
           select $"node.routers: {router} must be npub1… or npub1…@https://host, and # with 64 hex digits may follow",
        .. from router in options.Node.Routers
           where !options.Http.AllowPlain && RouterLink.TryParse(router, out var link) && link!.Named is { } named && !AddressPolicy.AllowsPlain(named.Base)
           select $"node.routers: {router} would be reached without encryption: use https:// (with # and the hash of its TLS key where that is self-made), or set http.allowPlain",
        .. Range("node.join.most", options.Node.Join.Most, 0, 16),
        .. Range("node.join.minTrust", options.Node.Join.MinTrust, 1, TrustSnapshot.Full),
        .. from role in options.Node.Roles
           where !RoleTypes.Served.Contains(role)
           select $"node.roles: {role} is none of {string.Join(", ", RoleTypes.Served)}",
        .. RoleTypes.JobOf(options.Runner.ModelId ?? "") is not null ? [$"runner.modelId {options.Runner.ModelId} is the name of a role: choose another"] : Array.Empty<string>(),
        .. Range("node.pricing.inputMsat", options.Node.Pricing.InputMsat, 0, 1_000_000_000),
        .. Range("node.pricing.outputMsat", options.Node.Pricing.OutputMsat, 0, 1_000_000_000),
        .. Range("node.maxConcurrency", options.Node.MaxConcurrency, 1, 1024),
        .. Range("node.maxTokens", options.Node.MaxTokens, 1, 1_000_000),
        .. Range("node.maxPromptBytes", options.Node.MaxPromptBytes, 1, 64 * 1024 * 1024),
        .. Range("node.maxRoleBytes", options.Node.MaxRoleBytes, 1024, RoleRunner.MostJobBytes),
        .. Range("node.maxRuntimeMs", options.Node.MaxRuntimeMs, 1000, 86_400_000),
        .. Range("runner.contextTokens", options.Runner.ContextTokens, 256, 1_000_000),
        .. Range("runner.slots", options.Runner.Slots, 1, 64),
        .. Range("runner.threads", options.Runner.Threads ?? 1, 1, 1024),
        .. UpstreamRules.Problems(options.Runner),
        .. ServedModelRules.Problems(options.Runner),
        .. Range("api.rps", options.Api.Rps, 1, 10_000),
        .. Range("api.burst", options.Api.Burst, 1, 100_000),
        .. Range("api.concurrency", options.Api.Concurrency, 1, 10_000),
        .. Range("api.pollTtlSeconds", options.Api.PollTtlSeconds, 1, 86_400),
        .. from hash in options.Models.Approved
           where ModelRules.Hash(hash) is null
           select $"models.approved: {hash} is no SHA-256 (64 hex digits; fedai models list --json shows them)",
        .. ModelSource.TryParse("hf:owner/repository/file.gguf", options.Models.Hub, out var badHub) is null ? [$"models.hub: {badHub}"] : Array.Empty<string>(),
        .. Range("scheduler.heartbeatWindowSeconds", options.Scheduler.HeartbeatWindowSeconds, 15, 3600),
        .. Range("scheduler.cooldownSeconds", options.Scheduler.CooldownSeconds, 0, 3600),
        .. Range("scheduler.manifestDecaySamples", options.Scheduler.ManifestDecaySamples, 0, 10_000),
        .. Range("scheduler.relaySnapshotMaxAgeHours", options.Scheduler.RelaySnapshotMaxAgeHours, 1, 8760),
        .. Range("router.maxRequestsPerSecond", options.Router.MaxRequestsPerSecond, 0, 1_000_000),
        .. Range("router.maxConcurrentJobs", options.Router.MaxConcurrentJobs, 1, 100_000),
        .. Range("router.healthIntervalSeconds", options.Router.HealthIntervalSeconds, 1, 3600),
        .. Range("router.probation.requestsPerSecond", options.Router.Probation.RequestsPerSecond, 1, 20),
        .. Range("router.probation.healthIntervalSeconds", options.Router.Probation.HealthIntervalSeconds, 1, 3600),
        .. from policy in options.Router.Policies
           where !RouterPolicies.All.Contains(policy)
           select $"router.policies: {policy} is none of {string.Join(", ", RouterPolicies.All)}",
        .. Range("store.meteringDays", options.Store.MeteringDays, 1, 36_500),
        .. CapabilityOptionsRules.Problems(options),
    ];

    private static IEnumerable<string> Network(string network)
    {
        // It is a folder name, and a part of the d tag of every announcement.
        if (network.Length is 0 or > 32 || !network.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            yield return "network must have 1 to 32 of a-z, 0-9 and -";
    }

    private static IEnumerable<string> Listen(string key, string? value, bool anywhere, string reason)
    {
        if (value is null) yield break;
        if (!ListenAddress.TryParse(value, out var address)) yield return $"{key} must be address:port, such as 127.0.0.1:8480";
        else if (!IPAddress.IsLoopback(address.Address) && !anywhere) yield return $"{key} {value} is not loopback: {reason}";
    }

    private static IEnumerable<string> PublicEndpoint(string? value)
    {
        if (value is not null && (!Uri.TryCreate(value, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Query.Length + uri.Fragment.Length + uri.UserInfo.Length > 0))
            yield return "http.publicEndpoint must be an absolute http or https URL without user, query and fragment";
    }

    private static IEnumerable<string> Tls(HttpOptions http)
    {
        if (http.Tls.Mode == TlsMode.Files && (http.Tls.Certificate is null || http.Tls.Key is null))
            yield return "http.tls.mode files needs http.tls.certificate and http.tls.key, two PEM files";
        if (http.Tls.Mode != TlsMode.Files && (http.Tls.Certificate is not null || http.Tls.Key is not null))
            yield return "http.tls.certificate and http.tls.key are used with http.tls.mode files only: set it, or remove them";
        if (http.PublicEndpoint is not { } endpoint || !Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp) yield break;
        if (http.Tls.Mode != TlsMode.None) yield return $"http.publicEndpoint {endpoint} must be https, because http.tls.mode is set";
        else if (!uri.IsLoopback && !http.AllowPlain)
            yield return $"http.publicEndpoint {endpoint} would be reached without encryption: make it https (http.tls.mode pinned, or a proxy with TLS), or set http.allowPlain";
    }

    private static IEnumerable<string> Everywhere(string? listen, string? publicEndpoint)
    {
        if (publicEndpoint is null && ListenAddress.TryParse(listen, out var address) && (address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any)))
            yield return $"http.publicEndpoint must say how others reach this daemon, because http.listen {listen} is no address to go to";
    }

    private static IEnumerable<string> Relays(string key, IReadOnlyList<string> urls, bool allowPlain)
    {
        foreach (var url in urls)
            if (!NamedRelay.TryParse(url, allowPlain, out _, out var problem)) yield return $"{key}: {problem}";
    }

    private static IEnumerable<string> Keys(string key, IReadOnlyList<string> values) =>
        from value in values
        where !PublicKey.TryParse(value, out _)
        select value.StartsWith("nsec", StringComparison.OrdinalIgnoreCase)
            ? $"{key} holds a secret key (nsec…): put the npub there, and replace that key if others can read the file"
            : $"{key}: {value} is not a public key (npub1… or 64 hex digits)";

    private static IEnumerable<string> Range(string key, long value, long least, long most)
    {
        if (value < least || value > most) yield return $"{key} must be {least} to {most}";
    }
}

using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using Microsoft.AspNetCore.Http.Features;

namespace FedAi.Daemon.Router;

/// <summary>Plugs the router's services and endpoints into the host.</summary>
internal static partial class RouterModule
{
    public static void Add(IServiceCollection services, RouterStanding standing, string dataFolder)
    {
        services.AddSingleton(standing);
        services.AddSingleton(provider => standing.Rates(provider.GetRequiredService<RouterOptions>().Probation));
        services.AddSingleton(_ => new AuditFile(dataFolder)).AddSingleton<AuditLog>().AddSingleton<JobGate>().AddSingleton<RouterJobs>();
        PeeringModule.Add(services);
        PeeringModule.AddGate(services);
        PeeringModule.AddRelay(services);
        services.AddSingleton<RouterAdmission>().AddSingleton<NodeChannels>().AddSingleton<NodeDirectory>().AddSingleton<ManifestIntake>().AddSingleton<RouterMetering>().AddSingleton<RouterReceipts>().AddSingleton<AnnouncedReceipts>().AddSingleton<ReceiptEndpoints>().AddSingleton<JobDispatcher>();
        services.AddSingleton<IInferenceBackend, RouterBackend>();
        services.AddOpenAi();
        services.AddSingleton<InferEndpoints>().AddSingleton<QuoteEndpoints>().AddSingleton<RegisterEndpoints>().AddSingleton<ConnectEndpoints>().AddSingleton<ProbeEndpoints>().AddSingleton<ThroughputEndpoints>();
        PeeringModule.AddAnnouncements(services, Offer);
        services.AddHostedService(provider => provider.GetRequiredService<AuditLog>()).AddHostedService<NodeHealthService>();
    }

    /// <summary>Bodies of jobs may be as large as the manifest says, where that is less than the server takes; before they are read.</summary>
    public static void LimitPayload(IApplicationBuilder app, RouterStanding standing)
    {
        app.Use(next => context =>
        {
            if (IsJob(context.Request.Path) && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = standing.MaxPayloadBytes;
            return next(context);
        });
    }

    public static void Map(WebApplication app)
    {
        app.Services.GetRequiredService<NodeDirectory>().Restore();
        ForgetKeptOut(app.Services);
        app.Services.GetRequiredService<TrustScores>().Changed += () => ForgetKeptOut(app.Services);
        app.Services.GetRequiredService<KnownPeers>().Nodes = () => app.Services.GetRequiredService<NodeDirectory>().Current.Select(node => node.Key);
        app.Services.GetRequiredService<InferEndpoints>().Map(app);
        app.Services.GetRequiredService<QuoteEndpoints>().Map(app);
        app.Services.GetRequiredService<RegisterEndpoints>().Map(app);
        app.Services.GetRequiredService<ConnectEndpoints>().Map(app);
        app.Services.GetRequiredService<ProbeEndpoints>().Map(app);
        app.Services.GetRequiredService<ThroughputEndpoints>().Map(app);
        app.Services.GetRequiredService<ReceiptEndpoints>().Map(app);
        app.MapOpenAi();
        PeeringModule.MapRelay(app);
        Report(app);
        app.Services.GetRequiredService<NodeDirectory>().Changed += app.Services.GetRequiredService<AnnouncementService>().OfferChanged;
    }

    /// <summary>Nodes that the lists or the web of trust keep out by now are used no more, however fresh their registration is.</summary>
    private static void ForgetKeptOut(IServiceProvider services) =>
        services.GetRequiredService<NodeDirectory>().Forget(services.GetRequiredService<RouterAdmission>().KeepsOut);

    /// <summary>This role's members of <c>/status</c>.</summary>
    public static JsonObject Status(IServiceProvider services)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var nodes = services.GetRequiredService<NodeDirectory>().Current;
        var standing = services.GetRequiredService<RouterStanding>();
        return new JsonObject
        {
            ["mode"] = standing.IsOnProbation ? "probation" : "normal",
            ["eligible"] = standing.IsEligible,
            ["limits"] = new JsonObject { ["maxQps"] = standing.MaxPerSecond, ["maxConcurrentJobs"] = standing.MaxJobs, ["maxPayloadBytes"] = standing.MaxPayloadBytes },
            ["jobs"] = services.GetRequiredService<JobGate>().Running,
            ["policies"] = new JsonObject(RouterPolicies.All.Select(policy => KeyValuePair.Create(policy, (JsonNode?)standing.Holds(policy)))),
            ["audit"] = standing.Audit.ToString().ToLowerInvariant(),
            ["nodes"] = new JsonObject { ["total"] = nodes.Count, ["active"] = nodes.Count(node => node.IsActive(now)), ["connected"] = services.GetRequiredService<NodeChannels>().Open },
            ["models"] = new JsonArray([.. RouterModels.Of(nodes, now).Select(model => JsonValue.Create(model.Id))]),
        };
    }

    /// <summary>For fedai doctor: whether other routers reach this one. A few are enough.</summary>
    public static async Task<IReadOnlyList<ReachFinding>> ReachAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        const int enough = 3;
        var (own, client, trust) = (services.GetRequiredService<KeyPair>().PublicKey, services.GetRequiredService<ReachClient>(), services.GetRequiredService<TrustScores>());
        return await Task.WhenAll(services.GetRequiredService<RouterDirectory>().Current.Where(router => !router.Key.Equals(own) && !trust.KeepsOut(router.Key)).Take(enough).Select(async router =>
        {
            var (report, refusal) = await client.AskAsync(router.Endpoint, cancellationToken);
            return ReachFinding.Of(router.Key, report, refusal);
        }));
    }

    private static bool IsJob(PathString path) => path.StartsWithSegments("/infer") || path.StartsWithSegments(OpenAiAnswer.Root);

    /// <summary>What an operator could be surprised by.</summary>
    private static void Report(WebApplication app)
    {
        var (standing, http) = (app.Services.GetRequiredService<RouterStanding>(), app.Services.GetRequiredService<HttpOptions>());
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RouterModule));
        foreach (var policy in RouterPolicies.All.Where(policy => !standing.Holds(policy))) LogPolicyOff(log, policy);
        if (!standing.HasManifest) return;
        foreach (var difference in standing.Differences(app.Services.GetRequiredService<RouterOptions>(), app.Services.GetRequiredService<AuditOptions>(), http)) LogDiffers(log, difference);
    }

    [LoggerMessage(LogLevel.Warning, "the manifest switches the policy {Policy} off: it is not enforced")]
    private static partial void LogPolicyOff(ILogger log, string policy);

    [LoggerMessage(LogLevel.Warning, "the configuration and the manifest differ, and the manifest counts: {Difference}. Write it anew with fedai manifest --write --role router, or fedai setup router")]
    private static partial void LogDiffers(ILogger log, string difference);

    private static RouterOffer Offer(IServiceProvider services, Uri listening)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        return RouterOffers.Of(
            services.GetRequiredService<NodeDirectory>().Current,
            listening,
            services.GetRequiredService<PublicAddress>().TlsSpki,
            (int)Math.Min(services.GetRequiredService<HttpOptions>().MaxRequestBytes, services.GetRequiredService<RouterStanding>().MaxPayloadBytes),
            MachineLoad.Read(),
            now) with { Receipts = services.GetRequiredService<RouterReceipts>().Newest(now) };
    }
}

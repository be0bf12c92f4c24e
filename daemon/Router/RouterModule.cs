using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Router;

/// <summary>Plugs the router's services and endpoints into the host.</summary>
internal static class RouterModule
{
    public static void Add(IServiceCollection services)
    {
        PeeringModule.Add(services);
        PeeringModule.AddGate(services);
        PeeringModule.AddRelay(services);
        services.AddSingleton<RouterAdmission>().AddSingleton<NodeChannels>().AddSingleton<NodeDirectory>().AddSingleton<ManifestIntake>().AddSingleton<RouterMetering>().AddSingleton<RouterReceipts>().AddSingleton<AnnouncedReceipts>().AddSingleton<ReceiptEndpoints>().AddSingleton<JobDispatcher>();
        services.AddSingleton<IInferenceBackend>(provider => provider.GetRequiredService<JobDispatcher>());
        services.AddOpenAi();
        services.AddSingleton<InferEndpoints>().AddSingleton<QuoteEndpoints>().AddSingleton<RegisterEndpoints>().AddSingleton<ConnectEndpoints>().AddSingleton<ProbeEndpoints>().AddSingleton<ThroughputEndpoints>();
        PeeringModule.AddAnnouncements(services, Offer);
    }

    public static void Map(WebApplication app)
    {
        app.Services.GetRequiredService<NodeDirectory>().Restore();
        app.Services.GetRequiredService<InferEndpoints>().Map(app);
        app.Services.GetRequiredService<QuoteEndpoints>().Map(app);
        app.Services.GetRequiredService<RegisterEndpoints>().Map(app);
        app.Services.GetRequiredService<ConnectEndpoints>().Map(app);
        app.Services.GetRequiredService<ProbeEndpoints>().Map(app);
        app.Services.GetRequiredService<ThroughputEndpoints>().Map(app);
        app.Services.GetRequiredService<ReceiptEndpoints>().Map(app);
        app.MapOpenAi();
        PeeringModule.MapRelay(app);
        app.Services.GetRequiredService<NodeDirectory>().Changed += app.Services.GetRequiredService<AnnouncementService>().OfferChanged;
    }

    /// <summary>This role's members of <c>/status</c>.</summary>
    public static JsonObject Status(IServiceProvider services)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var nodes = services.GetRequiredService<NodeDirectory>().Current;
        return new JsonObject
        {
            ["nodes"] = new JsonObject { ["total"] = nodes.Count, ["active"] = nodes.Count(node => node.IsActive(now)), ["connected"] = services.GetRequiredService<NodeChannels>().Open },
            ["models"] = new JsonArray([.. RouterModels.Of(nodes, now).Select(model => JsonValue.Create(model.Id))]),
        };
    }

    /// <summary>For fedai doctor: whether other routers reach this one. A few are enough.</summary>
    public static async Task<IReadOnlyList<ReachFinding>> ReachAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        const int enough = 3;
        var (own, client) = (services.GetRequiredService<KeyPair>().PublicKey, services.GetRequiredService<ReachClient>());
        return await Task.WhenAll(services.GetRequiredService<RouterDirectory>().Current.Where(router => !router.Key.Equals(own)).Take(enough).Select(async router =>
        {
            var (report, refusal) = await client.AskAsync(router.Endpoint, cancellationToken);
            return ReachFinding.Of(router.Key, report, refusal);
        }));
    }

    private static RouterOffer Offer(IServiceProvider services, Uri listening)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        return RouterOffers.Of(
            services.GetRequiredService<NodeDirectory>().Current,
            listening,
            services.GetRequiredService<PublicAddress>().TlsSpki,
            services.GetRequiredService<HttpOptions>().MaxRequestBytes,
            MachineLoad.Read(),
            now) with { Receipts = services.GetRequiredService<RouterReceipts>().Newest(now) };
    }
}

using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Router;

/// <summary>Plugs the router's services and endpoints into the host.</summary>
internal static class RouterModule
{
    public static void Add(IServiceCollection services)
    {
        PeeringModule.Add(services);
        PeeringModule.AddGate(services);
        PeeringModule.AddRelay(services);
        services.AddSingleton<RouterAdmission>().AddSingleton<NodeChannels>().AddSingleton<NodeDirectory>().AddSingleton<ManifestIntake>().AddSingleton<RouterMetering>().AddSingleton<RouterReceipts>().AddSingleton<JobDispatcher>();
        services.AddSingleton<IInferenceBackend>(provider => provider.GetRequiredService<JobDispatcher>());
        services.AddSingleton<InferEndpoints>().AddSingleton<QuoteEndpoints>().AddSingleton<RegisterEndpoints>().AddSingleton<ConnectEndpoints>();
        PeeringModule.AddAnnouncements(services, Offer);
    }

    public static void Map(WebApplication app)
    {
        app.Services.GetRequiredService<NodeDirectory>().Restore();
        app.Services.GetRequiredService<InferEndpoints>().Map(app);
        app.Services.GetRequiredService<QuoteEndpoints>().Map(app);
        app.Services.GetRequiredService<RegisterEndpoints>().Map(app);
        app.Services.GetRequiredService<ConnectEndpoints>().Map(app);
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

using System.Text.Json.Nodes;
using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Gateway;

/// <summary>Plugs the gateway's services and endpoints into the host.</summary>
internal static class GatewayModule
{
    public static void Add(IServiceCollection services)
    {
        PeeringModule.Add(services);
        services.AddSingleton<ColdStart>();
        services.AddSingleton<TrustedNodes>().AddSingleton<QuoteClient>().AddSingleton<SealedRoutes>().AddSingleton<SealedInference>();
        services.AddSingleton<IInferenceBackend, RouterClient>();
        services.AddOpenAi();
    }

    public static void Map(WebApplication app)
    {
        var v1 = app.MapOpenAi();
        v1.AddEndpointFilter(app.Services.GetRequiredService<ColdStart>().WaitAsync);
    }

    /// <summary>This role's members of <c>/status</c>.</summary>
    public static JsonObject Status(IServiceProvider services) => new()
    {
        ["routers"] = new JsonArray([.. services.GetRequiredService<RouterDirectory>().Current.Select(router => JsonValue.Create(router.Key.Npub))]),
        ["models"] = new JsonArray([.. services.GetRequiredService<IInferenceBackend>().Models.Select(model => JsonValue.Create(model.Id))]),
        ["proofs"] = services.GetRequiredService<ProofStore>().Count,
    };

    /// <summary>For fedai doctor: whether known routers answer here. A few are enough.</summary>
    public static async Task<IReadOnlyList<ReachFinding>> ReachAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        const int enough = 5;
        var client = services.GetRequiredService<ReachClient>();
        return await Task.WhenAll(services.GetRequiredService<RouterChoice>().Heard.Take(enough).Select(async router =>
        {
            var refusal = await client.GreetAsync(router.Endpoint, cancellationToken);
            return new ReachFinding(router.Key, ReachFinding.Outward, refusal is null, refusal?.Code);
        }));
    }
}

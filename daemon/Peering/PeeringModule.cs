using FedAi.Daemon.Trust;

namespace FedAi.Daemon.Peering;

/// <summary>What a daemon needs to speak with peers, whichever role it has.</summary>
internal static class PeeringModule
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<RouterDirectory>();
        services.AddSingleton(provider => PeerLists.From(provider.GetRequiredService<FilterOptions>()));
        services.AddSingleton(provider => PeerHttp.Create(provider.GetRequiredService<HttpOptions>().AllowPrivate));
        services.AddSingleton<PeerInference>();
    }

    /// <summary>The gate for signed requests, for roles that take them.</summary>
    public static void AddGate(IServiceCollection services)
    {
        services.AddSingleton<ReplayGuard>().AddSingleton<GateLimits>().AddSingleton<EnvelopeGate>();
        services.AddHostedService<ReplayService>();
    }
}

using FedAi.Daemon.Peering;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FedAi.Daemon.Accounts;

/// <summary>API keys, for the roles that serve /v1.</summary>
internal static class AccountsModule
{
    public static void Add(IServiceCollection services)
    {
        services.TryAddSingleton(GateRates.Normal);
        services.TryAddSingleton<GateLimits>();
        services.AddSingleton<ApiKeys>().AddSingleton<ApiKeyGate>();
    }
}

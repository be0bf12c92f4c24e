using System.Text.Json.Nodes;

namespace FedAi.Daemon.Gateway;

/// <summary>Plugs the gateway's services and endpoints into the host.</summary>
internal static class GatewayModule
{
    public static void Add(IServiceCollection services)
    {
        _ = services;
    }

    public static void Map(WebApplication app)
    {
        _ = app;
    }

    /// <summary>This role's members of <c>/status</c>.</summary>
    public static JsonObject Status(IServiceProvider services)
    {
        _ = services;
        return [];
    }
}

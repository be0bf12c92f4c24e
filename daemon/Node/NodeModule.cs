using System.Text.Json.Nodes;

namespace FedAi.Daemon.Node;

/// <summary>Plugs the node's services and endpoints into the host.</summary>
internal static class NodeModule
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

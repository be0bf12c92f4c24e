using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Gateway;
using FedAi.Daemon.Loops;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Hosting;

/// <summary>What every role says of itself: <c>/health</c>, <c>/status</c> and <c>/metrics</c> (WIRE 3.3, DECISIONS E18).</summary>
internal static class StatusEndpoints
{
    public static bool IsAbout(PathString path) => path == "/health" || path == "/status" || path == "/metrics";

    public static void MapStatus(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health", HealthAsync);
        app.MapGet("/status", StatusAsync);
        app.MapGet("/metrics", MetricsAsync);
    }

    private static Task HealthAsync(HttpContext context, RequestGuard guard) => guard.Draining
        ? WireAnswer.WriteAsync(context.Response, "{\"ok\":false,\"draining\":true}"u8.ToArray(), StatusCodes.Status503ServiceUnavailable)
        : WireAnswer.OkAsync(context.Response);

    private static Task StatusAsync(HttpContext context, DaemonContext daemon, RunningState running, RequestGuard guard, IServiceProvider services)
    {
        var status = new JsonObject
        {
            ["ok"] = !guard.Draining,
            ["role"] = daemon.Role.ToString().ToLowerInvariant(),
            ["npub"] = daemon.Key?.PublicKey.Npub,
            ["version"] = ProductVersion.Text,
            ["network"] = daemon.Options.Network,
            ["uptimeMs"] = (long)running.Uptime.TotalMilliseconds,
        };
        if (services.GetRequiredService<PublicAddress>().TlsSpki is { } pins) status["tlsSpki"] = new JsonArray([.. pins.Select(pin => JsonValue.Create(pin))]);
        var part = daemon.Role switch
        {
            Role.Node => NodeModule.Status(services),
            Role.Router => RouterModule.Status(services),
            Role.Gateway => GatewayModule.Status(services),
            _ => [],
        };
        foreach (var (name, value) in part) status[name] = value?.DeepClone();

        // How this process is built inside is nobody's business elsewhere.
        if (PeerAddress.IsLocal(context))
        {
            if (daemon.Role == Role.Node) status["modelStates"] = NodeModule.ModelStates(services);
            status["inFlightRequests"] = guard.InFlight;
            status["listen"] = new JsonArray([.. running.Addresses.Select(address => JsonValue.Create(address.ToString()))]);
            foreach (var (name, value) in PeeringModule.Status(services)) status[name] = value?.DeepClone();
            status["services"] = new JsonArray([.. HostedLoop.Of(services).Select(loop => new JsonObject { ["name"] = loop.Name, ["state"] = loop.State })]);
        }

        return WireAnswer.WriteAsync(context.Response, Encoding.UTF8.GetBytes(status.ToJsonString()));
    }

    private static Task MetricsAsync(HttpContext context, MetricsText metrics)
    {
        if (!PeerAddress.IsLocal(context)) return WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.NotFound, "Metrics are shown on this machine only."));
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(metrics.Write());
    }
}

using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Control;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Hosting;

/// <summary>What <c>fedai reload</c> asks over the control socket.</summary>
internal static class ReloadEndpoints
{
    public static void MapReload(this IEndpointRouteBuilder app) => app.MapPost("/reload", ReloadAsync);

    private static async Task ReloadAsync(HttpContext context, Reload reload)
    {
        if (!ControlSocket.Carries(context))
        {
            await WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.NotFound, "The configuration is read again with fedai reload, on this machine only."));
            return;
        }

        var (plan, problems) = await reload.RunAsync();
        await (plan is null
            ? WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.InvalidRequest, "The configuration has problems; the one before holds.", problems))
            : WireAnswer.WriteAsync(context.Response, Encoding.UTF8.GetBytes(new JsonObject { ["applied"] = Keys(plan.Applied), ["needRestart"] = Keys(plan.NeedRestart) }.ToJsonString())));
    }

    private static JsonArray Keys(IReadOnlyList<string> keys) => new([.. keys.Select(key => JsonValue.Create(key))]);
}

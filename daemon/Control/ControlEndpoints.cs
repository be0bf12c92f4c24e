using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Control;

/// <summary>What the daemon tells its own user about its books; on this machine only.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder app) => app.MapGet("/metering/summary", SummaryAsync);

    private static Task SummaryAsync(HttpContext context, MeteringTable metering)
    {
        if (!PeerAddress.IsLocal(context)) return WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.NotFound, "The books are shown on this machine only."));
        _ = long.TryParse(context.Request.Query["since"], out var sinceMs);
        var totals = metering.Totals(sinceMs).Select(total => new JsonObject
        {
            ["node"] = total.Node,
            ["model"] = total.Model,
            ["requests"] = total.Requests,
            ["inputTokens"] = total.InputTokens,
            ["outputTokens"] = total.OutputTokens,
            ["wallTimeMs"] = total.WallMs,
            ["priceMsat"] = total.PriceMsat,
        });
        return WireAnswer.WriteAsync(context.Response, Encoding.UTF8.GetBytes(new JsonObject { ["totals"] = new JsonArray([.. totals]) }.ToJsonString()));
    }
}

using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Gateway;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Hosting;

/// <summary>What <c>fedai doctor</c> needs and <c>/status</c> does not tell, because it means asking others: who reaches whom. For this machine only.</summary>
internal static class DoctorEndpoints
{
    public static void MapDoctor(this IEndpointRouteBuilder app) => app.MapGet("/doctor", DoctorAsync);

    private static async Task DoctorAsync(HttpContext context, DaemonContext daemon, IServiceProvider services)
    {
        if (!PeerAddress.IsLocal(context))
        {
            await WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.NotFound, "The doctor is for users of this machine."));
            return;
        }

        IReadOnlyList<ReachFinding> found = daemon.Role switch
        {
            Role.Node => await NodeModule.ReachAsync(services, context.RequestAborted),
            Role.Router => await RouterModule.ReachAsync(services, context.RequestAborted),
            Role.Gateway => await GatewayModule.ReachAsync(services, context.RequestAborted),
            _ => [],
        };
        await WireAnswer.WriteAsync(context.Response, Encoding.UTF8.GetBytes(new JsonObject { ["reach"] = new JsonArray([.. found.Select(finding => finding.ToJson())]) }.ToJsonString()));
    }
}

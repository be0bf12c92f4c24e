using System.Text;
using System.Text.Json;
using FedAi.Daemon.Accounts;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Control;

/// <summary>API keys over the control socket: whoever may open it is the daemon's own user, which a program on the loopback port need not be.</summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder app) => app.MapPost("/apikeys", OrderAsync);

    private static async Task OrderAsync(HttpContext context, ApiKeys keys, TimeProvider time)
    {
        if (!ControlSocket.Carries(context))
        {
            await WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.NotFound, "API keys are made with fedai apikeys, on this machine only."));
            return;
        }

        ApiKeyOrder? order = null;
        try
        {
            order = await JsonSerializer.DeserializeAsync(context.Request.Body, AccountsJson.Default.ApiKeyOrder, context.RequestAborted);
        }
        catch (JsonException)
        {
            // Told below.
        }

        var (answer, refusal) = order is null ? (null, new Refusal(ErrorCode.InvalidJson, "The order is not the JSON it should be.")) : await ApiKeyDesk.RunAsync(order, keys, time);
        await (answer is null ? WireAnswer.RefuseAsync(context.Response, refusal!) : WireAnswer.WriteAsync(context.Response, Encoding.UTF8.GetBytes(answer.ToJsonString())));
    }
}

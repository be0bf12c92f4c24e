using System.Security.Cryptography;
using System.Text;
using FedAi.Daemon.Accounts;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>What holds for every address under /v1: the request has an id, and its caller may ask.</summary>
internal static class OpenAiEdge
{
    private static readonly object RequestIdKey = new();
    private static readonly object AccountKey = new();

    /// <summary>The id of this request: a UUIDv7, so that ids sort by time (DECISIONS E5).</summary>
    public static string RequestId(HttpContext context) => (string)context.Items[RequestIdKey]!;

    /// <summary>Whose API key the caller came in with; null on this machine, where none is needed.</summary>
    public static PublicKey? OwnerOf(HttpContext context) => AccountOf(context)?.Owner;

    /// <summary>
    /// Who asks, as far as one caller's jobs and cached prompts are kept from another's: an API key, however its header is spelled; on this
    /// machine whatever the program calls itself.
    /// </summary>
    public static string CallerOf(HttpContext context) => AccountOf(context) is { } account
        ? "key " + account.Key.Id
        : "local " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString())));

    /// <summary>An endpoint filter.</summary>
    public static async ValueTask<object?> AdmitAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var requestId = Guid.CreateVersion7(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()).ToString();
        context.Items[RequestIdKey] = requestId;
        RequestIds.Write(context.Response, requestId);
        RequestIds.Echo(context);

        var refusal = LocalCaller.Problem(context.Connection.RemoteIpAddress, context.Request.Host, context.Request.Headers);
        if (refusal is { Code: ErrorCode.Unauthorized } && context.RequestServices.GetService<ApiKeyGate>() is { } gate)
        {
            (var account, var allowance, refusal) = gate.Admit(context);
            if (allowance is { } left) RateLimitHeaders.Write(context.Response.Headers, left);
            if (account is not null)
            {
                context.Items[AccountKey] = account;
                KeyedBackend.Put(invocation.Arguments, account, context.RequestServices.GetRequiredService<ApiKeys>());
            }
        }

        if (refusal is null) return await next(invocation);
        await OpenAiAnswer.RefuseAsync(context.Response, OpenAiErrors.From(refusal));
        return Results.Empty;
    }

    private static ApiAccount? AccountOf(HttpContext context) => context.Items[AccountKey] as ApiAccount;
}

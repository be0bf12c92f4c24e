using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Peering;

/// <summary>The headers by which a request is found again: ours is the id of its answer and proof (DECISIONS E5), a client's own goes back to it and no further.</summary>
internal static class RequestIds
{
    public const string Name = "x-request-id";

    /// <summary>OpenAI's name for an id that the client chose.</summary>
    public const string ClientName = "x-client-request-id";

    /// <summary>Says which request this answers.</summary>
    public static void Write(HttpResponse response, string requestId)
    {
        if (IsSafe(requestId)) response.Headers[Name] = requestId;
    }

    /// <summary>Gives a client its own id back, under OpenAI's name or as other servers take it, if it may stand in a header.</summary>
    public static void Echo(HttpContext context)
    {
        var (asked, answer) = (context.Request.Headers, context.Response.Headers);
        var own = asked.TryGetValue(ClientName, out var named) ? named : asked[Name];
        if (own.Count == 1 && IsSafe(own.ToString())) answer[ClientName] = own;
    }

    private static bool IsSafe(string id) => RequestValues.ProblemOfNames(id, "x") is null;
}

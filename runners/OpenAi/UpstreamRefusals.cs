using System.Net;
using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Runners.OpenAi;

/// <summary>
/// From a server's refusal to ours. Pure. In our own words always: such servers quote the request in theirs, and of a sealed one the
/// router must not read a word.
/// </summary>
internal static class UpstreamRefusals
{
    private const int MaxRetrySeconds = 60;

    /// <param name="status">What the server answered.</param>
    /// <param name="body">Its words, of which only the kind of trouble is taken.</param>
    /// <param name="retryAfter">When it says to come back.</param>
    public static Refusal Of(HttpStatusCode status, ReadOnlySpan<byte> body, TimeSpan? retryAfter)
    {
        var seconds = (int)Math.Clamp(retryAfter?.TotalSeconds ?? 2, 1, MaxRetrySeconds);
        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(ErrorCode.RunnerUnavailable, "The server behind this node does not take its key: the node's operator must check runner.upstreams and the key file."),
            HttpStatusCode.TooManyRequests => new(ErrorCode.NodeSaturated, "The server behind this node takes no more requests now.", RetryAfterSeconds: seconds),
            HttpStatusCode.NotFound => new(ErrorCode.RunnerUnavailable, "The server behind this node does not serve that model any more.", RetryAfterSeconds: seconds),
            HttpStatusCode.RequestEntityTooLarge => new(ErrorCode.PromptTooLarge, "The prompt is larger than the server behind this node takes."),
            HttpStatusCode.RequestTimeout or HttpStatusCode.GatewayTimeout => new(ErrorCode.RunnerTimeout, "The server behind this node took too long."),
            HttpStatusCode.ServiceUnavailable when Says(body, "loading") => new(ErrorCode.ModelLoading, "The server behind this node is loading the model.", RetryAfterSeconds: seconds),
            HttpStatusCode.ServiceUnavailable => new(ErrorCode.RunnerUnavailable, "The server behind this node is busy or stopping.", RetryAfterSeconds: seconds),
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => OfBadRequest(body),
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => new(ErrorCode.RunnerError, "The server behind this node sends requests elsewhere, which is not followed: the operator must name its own address in runner.upstreams."),
            _ => new(ErrorCode.RunnerError, $"The server behind this node failed ({(int)status})."),
        };
    }

    /// <summary>An error in place of an event of the stream.</summary>
    public static Refusal OfEvent(JsonElement error) =>
        OfBadRequest(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(error)) is { Code: ErrorCode.ContextWindowExceeded } tooLong
            ? tooLong
            : new(ErrorCode.RunnerError, "The server behind this node failed while it wrote the answer.");

    /// <summary>Whether this says something about the server, and not about the request: then others would fail there too.</summary>
    public static bool IsServers(Refusal refusal) => refusal.Code is ErrorCode.RunnerError or ErrorCode.RunnerTimeout or ErrorCode.RunnerUnavailable;

    private static Refusal OfBadRequest(ReadOnlySpan<byte> body) =>
        Says(body, "context_length_exceeded") || Says(body, "exceed_context_size") || Says(body, "context length") || Says(body, "context size") ? new(ErrorCode.ContextWindowExceeded, "Prompt and answer do not fit into the context of the model behind this node: send less, or ask for fewer tokens.")
        : Says(body, "tool") ? new(ErrorCode.UnsupportedParameter, "The server behind this node cannot use tools as this request does with this model.")
        : Says(body, "response_format") || Says(body, "json_schema") || Says(body, "grammar") ? new(ErrorCode.UnsupportedParameter, "The server behind this node cannot answer in this response format with this model.")
        : new(ErrorCode.InvalidRequest, "The server behind this node did not take the request as it is; leave out what not every model knows.");

    private static bool Says(ReadOnlySpan<byte> body, string word) =>
        System.Text.Encoding.UTF8.GetString(body).Contains(word, StringComparison.OrdinalIgnoreCase);
}

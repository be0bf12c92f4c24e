using System.Collections.Concurrent;
using System.Diagnostics;
using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;
using Microsoft.AspNetCore.Http.Features;

namespace FedAi.Daemon.Hosting;

/// <summary>
/// Wraps every request: counts it, turns it away while the daemon drains, and makes one clear answer of whatever goes
/// wrong in it (ARCHITECTURE D14). An exception ends its request and nothing else.
/// </summary>
internal sealed partial class RequestGuard(TimeProvider time, ILogger<RequestGuard> logger)
{
    private const int DrainingRetrySeconds = 5;

    private static readonly Refusal TooLarge = new(ErrorCode.PayloadTooLarge, "The body is larger than this daemon takes; send less.");

    private readonly ConcurrentDictionary<HttpContext, bool> requests = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int inFlight;
    private volatile bool draining;

    /// <summary>Set for good when the daemon begins to stop.</summary>
    public bool Draining => draining;

    /// <summary>Requests being answered now; connections that were upgraded (relay, reverse channel) are not among them.</summary>
    public int InFlight => Volatile.Read(ref inFlight);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        PeerAddress.Unmask(context);
        var upgraded = context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };
        requests.TryAdd(context, upgraded);
        if (!upgraded) Interlocked.Increment(ref inFlight);
        var started = time.GetTimestamp();
        try
        {
            if (draining && !StatusEndpoints.IsAbout(context.Request.Path))
                await AnswerAsync(context, new Refusal(ErrorCode.Draining, "The daemon is stopping; ask again in a moment.", RetryAfterSeconds: DrainingRetrySeconds));
            else if (IsTooLarge(context))
                await AnswerAsync(context, TooLarge);
            else
                await next(context);
            await GiveEmptyErrorABodyAsync(context);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            // The client left; nobody is there to be told.
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (BadHttpRequestException exception)
        {
            await RefuseAsync(context, exception.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => TooLarge,
                StatusCodes.Status408RequestTimeout => new Refusal(ErrorCode.RequestTimeout, "The body came too slowly; send it at once."),
                _ => new Refusal(ErrorCode.InvalidRequest, "This is not a well-formed HTTP request."),
            });
        }
#pragma warning disable CA1031 // One request must not be able to end the process (ARCHITECTURE D14).
        catch (Exception exception)
#pragma warning restore CA1031
        {
            DaemonMetrics.Faults.Add(1);
            LogFault(exception, RouteOf(context));
            await RefuseAsync(context, new Refusal(ErrorCode.InternalError, "This daemon failed; its log says where."));
        }
        finally
        {
            DaemonMetrics.Observe(RouteOf(context), context.Response.StatusCode, Stopwatch.GetElapsedTime(started, time.GetTimestamp()));
            requests.TryRemove(context, out _);
            if (!upgraded && Interlocked.Decrement(ref inFlight) == 0 && draining) idle.TrySetResult();
        }
    }

    /// <summary>Takes no more requests, waits for those being answered, and aborts what is left, so that their handlers can still end in order.</summary>
    public async Task DrainAsync(TimeSpan patience, TimeSpan afterAbort)
    {
        draining = true;
        if (InFlight == 0) idle.TrySetResult();
        if (!await EndedAsync(patience)) LogAborting(InFlight);
        foreach (var request in requests.Keys) request.Abort();
        await EndedAsync(afterAbort);
    }

    private async Task<bool> EndedAsync(TimeSpan patience)
    {
        try
        {
            await idle.Task.WaitAsync(patience, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>
    /// A body that says that it is too large is refused before it is read. The server then reads on and discards for a few
    /// seconds, where its own limit would reset the connection, and the client would see that instead of the answer.
    /// </summary>
    private static bool IsTooLarge(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is not { IsReadOnly: false } size || !(context.Request.ContentLength > size.MaxRequestBodySize)) return false;
        size.MaxRequestBodySize = null;
        return true;
    }

    /// <summary>Routing answers an unknown path or method with a bare status.</summary>
    private static Task GiveEmptyErrorABodyAsync(HttpContext context) => context.Response switch
    {
        { HasStarted: true } or { ContentLength: > 0 } or { ContentType: not null } => Task.CompletedTask,
        { StatusCode: StatusCodes.Status404NotFound } => AnswerAsync(context, new Refusal(ErrorCode.NotFound, "There is nothing under this path.")),
        { StatusCode: StatusCodes.Status405MethodNotAllowed } => AnswerAsync(context, new Refusal(ErrorCode.MethodNotAllowed, "This path takes another method.")),
        _ => Task.CompletedTask,
    };

    private static async Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        if (context.Response.HasStarted)
        {
            // Too late for an answer: cutting the connection tells the client that it has not all.
            context.Abort();
            return;
        }

        context.Response.Clear();
        await AnswerAsync(context, refusal);
    }

    /// <summary>In the shape that clients of this address read.</summary>
    private static Task AnswerAsync(HttpContext context, Refusal refusal) => context.Request.Path.StartsWithSegments(OpenAiAnswer.Root)
        ? OpenAiAnswer.RefuseAsync(context.Response, OpenAiErrors.From(refusal))
        : WireAnswer.RefuseAsync(context.Response, refusal);

    /// <summary>The route's pattern, never the path: the set is bounded, and a path is a stranger's text.</summary>
    private static string RouteOf(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "other";

    [LoggerMessage(LogLevel.Error, "request failed on {Route}")]
    private partial void LogFault(Exception exception, string route);

    [LoggerMessage(LogLevel.Warning, "aborting {Count} requests that did not end in time")]
    private partial void LogAborting(int count);
}

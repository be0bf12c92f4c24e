using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Gateway;

/// <summary>
/// A gateway that has just started knows no router until its relays have answered. Requests of those first seconds wait
/// for the first router that serves something, so that a program started together with the gateway does not meet an error.
/// </summary>
internal sealed class ColdStart(RouterDirectory routers, TimeProvider time)
{
    /// <summary>Time for a connection over TLS to a distant relay and its stored events; what is not there then is not there.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly long started = time.GetTimestamp();

    /// <summary>An endpoint filter.</summary>
    public async ValueTask<object?> WaitAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        while (true)
        {
            var change = routers.NextChange();
            var left = Patience - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || routers.Current.Any(router => router.Profile.ModelCaps.Count > 0)) return await next(invocation);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(invocation.HttpContext.RequestAborted);
            await Task.WhenAny(change, Task.Delay(left, time, ending.Token));
            await ending.CancelAsync();
            invocation.HttpContext.RequestAborted.ThrowIfCancellationRequested();
        }
    }
}

using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Node;

/// <summary>Runs one loop for each router of this node, from when it is one until it is none any more.</summary>
internal static class RouterLoops
{
    /// <summary>Until told to stop. A loop that ends by itself has failed, and so has this.</summary>
    public static async Task RunAsync(RouterLinks routers, Func<PublicKey, CancellationToken, Task> loop, CancellationToken stopping)
    {
        var running = new Dictionary<PublicKey, (Task Task, CancellationTokenSource Leave)>();
        try
        {
            while (true)
            {
                var change = routers.NextChange();
                var wanted = routers.Keys;
                foreach (var router in wanted.Where(router => !running.ContainsKey(router)))
                {
                    var leave = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                    running[router] = (loop(router, leave.Token), leave);
                }

                foreach (var router in running.Keys.Where(router => !wanted.Contains(router)).ToList())
                {
                    running.Remove(router, out var gone);
                    await EndAsync(gone);
                }

                await Task.WhenAny([change.WaitAsync(stopping), .. running.Values.Select(one => one.Task)]);
                stopping.ThrowIfCancellationRequested();
                foreach (var (task, _) in running.Values)
                    if (task.IsCompleted) await task;
            }
        }
        finally
        {
            foreach (var one in running.Values) await EndAsync(one);
        }
    }

    private static async Task EndAsync((Task Task, CancellationTokenSource Leave) one)
    {
        await one.Leave.CancelAsync();
        await one.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        one.Leave.Dispose();
    }
}

namespace FedAi.TestKit;

/// <summary>How long a test waits for what must happen before it fails. Long, because only a broken product ever waits so long.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Looks again until there is something; for what another process or the store's writer brings about without telling.</summary>
    public static async Task<T> ForAsync<T>(Func<T?> look) where T : class
    {
        using var patience = new CancellationTokenSource(Limit);
        while (true)
        {
            if (look() is { } found) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
        }
    }

    /// <summary>Looks again until it is so.</summary>
    public static Task UntilAsync(Func<bool> look) => ForAsync(() => look() ? "so" : null);

    /// <summary>Does it again until it says that it is so; what is done has a limit of its own.</summary>
    public static async Task UntilAsync(Func<Task<bool>> look)
    {
        using var patience = new CancellationTokenSource(Limit);
        while (!await look()) await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
    }
}

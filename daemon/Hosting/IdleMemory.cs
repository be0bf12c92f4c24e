using FedAi.Daemon.Peering;

namespace FedAi.Daemon.Hosting;

/// <summary>
/// Gives back what a resting daemon no longer needs. The runtime collects when much has been allocated, so what the start
/// left behind (4 of 18 MB), the garbage of the last busy hour and what was only remembered for a while would stay for as long as nothing happens.
/// </summary>
internal sealed class IdleMemory(TimeProvider time, ReplayGuard? replay = null) : BackgroundService
{
    private const long Little = 1 << 20;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (lastLook, lastCollection, lastReleased) = (0L, 0L, 0L);
        using var timer = new PeriodicTimer(Look, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            var (allocated, released) = (GC.GetTotalAllocatedBytes(), replay?.ReleasedBytes ?? 0);
            if (IsDue(allocated - lastLook, allocated - lastCollection + released - lastReleased, GC.GetTotalMemory(forceFullCollection: false)))
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                (lastCollection, lastReleased) = (allocated, released);
            }

            lastLook = allocated;
        }
    }

    /// <summary>Pure: whether a collection disturbs nobody (few bytes allocated since the last look) and is worth its pause (enough allocated or released since the last one, for the size of the heap). All in bytes.</summary>
    public static bool IsDue(long sinceLook, long sinceCollection, long heap) => sinceLook <= Little && sinceCollection > Math.Max(Little, heap / 4);
}

namespace FedAi.TestKit;

/// <summary>A clock that a test moves by hand; its timers are the system's.</summary>
internal sealed class HandMovedClock(DateTimeOffset start) : TimeProvider
{
    private long ticks = start.UtcTicks;

    public long NowMs => GetUtcNow().ToUnixTimeMilliseconds();

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref ticks), TimeSpan.Zero);

    public void Move(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}

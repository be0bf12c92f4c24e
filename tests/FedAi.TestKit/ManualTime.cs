namespace FedAi.TestKit;

/// <summary>Time that stands still until a test moves it; due timers fire inside <see cref="Move"/>.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private readonly Dictionary<TimeSpan, TaskCompletionSource> awaited = [];
    private long now = DateTimeOffset.UnixEpoch.AddYears(60).UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref now);

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref now), TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (gate)
            if (awaited.Remove(dueTime, out var made)) made.SetResult();
        return timer;
    }

    /// <summary>Completes when the next timer of exactly this length is made: only then does moving on make it fire.</summary>
    public Task TimerOf(TimeSpan dueTime)
    {
        lock (gate) return (awaited[dueTime] = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(Patience.Limit);
    }

    /// <summary>Moves on and fires what is due by then, each timer at most once.</summary>
    public void Move(TimeSpan by)
    {
        ManualTimer[] due;
        lock (gate)
        {
            now += by.Ticks;
            due = [.. timers.Where(timer => timer.DueAt <= now)];
            foreach (var timer in due) timer.DueAt = timer.Period > TimeSpan.Zero ? now + timer.Period.Ticks : long.MaxValue;
        }
        foreach (var timer in due) timer.Fire();
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        public long DueAt { get; set; } = long.MaxValue;

        public TimeSpan Period { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                Period = period;
                DueAt = dueTime < TimeSpan.Zero ? long.MaxValue : time.now + dueTime.Ticks;
                if (!time.timers.Contains(this)) time.timers.Add(this);
            }
            return true;
        }

        public void Dispose()
        {
            lock (time.gate) time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

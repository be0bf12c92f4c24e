namespace FedAi.Daemon.Hosting;

/// <summary>Since when this process runs and where it listens; the addresses are empty until it does.</summary>
internal sealed class RunningState(TimeProvider time)
{
    private readonly long started = time.GetTimestamp();
    private volatile IReadOnlyList<Uri> addresses = [];

    public TimeSpan Uptime => time.GetElapsedTime(started);

    public IReadOnlyList<Uri> Addresses
    {
        get => addresses;
        set => addresses = value;
    }
}

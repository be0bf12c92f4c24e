namespace FedAi.Daemon.Loops;

/// <summary>One hosted service of this process, as <c>/status</c> shows it: its name and whether it is running, ended or failed.</summary>
internal sealed record HostedLoop(string Name, string State)
{
    public const string Failed = "failed";

    /// <summary>
    /// Every hosted service of the application. A loop that threw has stopped the host, which would end the process with
    /// code 0 if nobody looked here (ARCHITECTURE §7).
    /// </summary>
    public static IReadOnlyList<HostedLoop> Of(IServiceProvider services) =>
    [
        .. services.GetServices<IHostedService>().Select(service => new HostedLoop(service.GetType().Name, service switch
        {
            BackgroundService { ExecuteTask: null } => "waiting",
            BackgroundService { ExecuteTask.IsFaulted: true } => Failed,
            BackgroundService { ExecuteTask.IsCompleted: true } => "ended",
            _ => "running",
        })),
    ];
}

using FedAi.Daemon.Accounts;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;

namespace FedAi.Daemon.Hosting;

/// <summary>
/// Reads the configuration anew from where this process got it, and applies what can change while it runs: <c>fedai reload</c>, or
/// SIGHUP. A configuration with a problem changes nothing.
/// </summary>
internal sealed partial class Reload(DaemonContext context, IServiceProvider services, ILogger<Reload> logger) : IDisposable
{
    private readonly SemaphoreSlim oneAtATime = new(1);
    private FedAiOptions running = context.Options;

    /// <summary>What it came to, or every problem of the new configuration.</summary>
    public async Task<(ReloadPlan? Plan, IReadOnlyList<string> Problems)> RunAsync()
    {
        if (context.Reread is not { } reread) return (null, ["this daemon was not started with a configuration that can be read again"]);
        await oneAtATime.WaitAsync();
        try
        {
            var (read, problems) = await reread();
            if (read is not null && context.Role == Role.Node) problems = services.GetRequiredService<NodeRunner>().Problems(read.Runner, read.Models);
            if (read is null || problems.Count > 0)
            {
                LogKept(string.Join("; ", problems));
                return (null, problems);
            }

            if (services.GetService<RouterStanding>() is { } standing) read = read with { Filter = standing.Bind(read.Filter) };
            var plan = ReloadRules.Plan(running, read);
            running = plan.Running;
            Apply();
            LogReloaded(Text(plan.Applied), Text(plan.NeedRestart));
            return (plan, []);
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>For a signal, which waits for no answer.</summary>
    public async Task OnSignalAsync()
    {
        try
        {
            await RunAsync();
        }
#pragma warning disable CA1031 // Nobody waits for this task; a bug in it must be told and must not stop a daemon that serves.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(exception);
        }
    }

    public void Dispose() => oneAtATime.Dispose();

    private void Apply()
    {
        services.GetService<Serilog.Core.LoggingLevelSwitch>()?.MinimumLevel = DaemonLog.Level(running.Log.Level);
        if (services.GetService<ApiKeys>() is { } keys) keys.Defaults = running.Api;
        if (context.Role is not Role.Relay) PeeringModule.SetLists(services, running.Filter);
        if (context.Role == Role.Router) services.GetRequiredService<RouterAdmission>().Options = running.Router.Admit;
        if (context.Role == Role.Node) NodeModule.Change(services, running.Node, running.Runner, running.Models);
    }

    private static string Text(IReadOnlyList<string> keys) => keys.Count > 0 ? string.Join(", ", keys) : "nothing";

    [LoggerMessage(LogLevel.Information, "configuration read again: changed {Applied}; waits for a restart: {NeedRestart}")]
    private partial void LogReloaded(string applied, string needRestart);

    [LoggerMessage(LogLevel.Error, "the configuration could not be read again")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "configuration read again and not taken, the one before holds: {Problems}")]
    private partial void LogKept(string problems);
}

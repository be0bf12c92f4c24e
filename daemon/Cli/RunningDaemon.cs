using FedAi.Daemon.Control;

namespace FedAi.Daemon.Cli;

/// <summary>The daemon that runs on a data folder, as commands ask it.</summary>
internal static class RunningDaemon
{
    /// <summary>The answer, or null after the reason was told.</summary>
    public static async Task<string?> AskAsync(string dataFolder, string path, CancellationToken cancellationToken)
    {
        using var control = new ControlClient(dataFolder);
        try
        {
            if (await control.GetAsync(path, cancellationToken) is { } answer) return answer;
            await Errors.TellAsync($"no fedai runs on {Path.GetFullPath(dataFolder)}: start it with fedai run --data {dataFolder}, or name its folder with --data");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await Errors.TellAsync($"the fedai on {Path.GetFullPath(dataFolder)} did not answer: {exception.Message}");
        }

        return null;
    }
}

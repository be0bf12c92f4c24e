using System.Text.Json;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Control;

namespace FedAi.Daemon.Cli;

/// <summary>What the daemon that runs on a data folder knows of prices, and of its own speed.</summary>
internal static class Market
{
    /// <summary>With the speed of the jobs of this model; null where no daemon runs, which before the first set-up is so, or after it was told that it does not answer.</summary>
    public static async Task<MarketView?> AskAsync(string dataFolder, string model, CancellationToken cancellationToken)
    {
        try
        {
            using var control = new ControlClient(dataFolder);
            if (await control.GetAsync($"market?model={Uri.EscapeDataString(model)}", cancellationToken) is { } text) return JsonSerializer.Deserialize(text, CapabilityJson.Default.MarketView);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or JsonException)
        {
            await Errors.TellAsync("the daemon here did not answer, so nothing is known of others' prices");
        }

        return null;
    }
}

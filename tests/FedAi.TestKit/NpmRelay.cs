using System.Globalization;

namespace FedAi.TestKit;

/// <summary>An independent relay from npm (tests/js/relay.mjs) in a process of its own.</summary>
internal sealed class NpmRelay : ITestRelay
{
    private readonly NodeScript script;

    private NpmRelay(NodeScript script, Uri url)
    {
        this.script = script;
        Url = url;
    }

    public Uri Url { get; }

    public static async Task<NpmRelay> StartAsync(int port = 0)
    {
        var script = NodeScript.Start("relay.mjs", port.ToString(CultureInfo.InvariantCulture));
        var ready = await script.ReadAsync();
        return new NpmRelay(script, new Uri((string)ready["url"]!));
    }

    public async Task<ITestRelay> RestartAsync()
    {
        await DisposeAsync();
        return await StartAsync(Url.Port);
    }

    public ValueTask DisposeAsync() => script.DisposeAsync();
}

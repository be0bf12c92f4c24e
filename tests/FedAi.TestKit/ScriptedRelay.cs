using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FedAi.TestKit;

/// <summary>A relay that does what a test tells it, good or bad: one script per connection, over a real WebSocket.</summary>
internal sealed class ScriptedRelay : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Func<ScriptedRelay, WebSocket, Task> script;
    private int connections;

    private ScriptedRelay(WebApplication app, Func<ScriptedRelay, WebSocket, Task> script) => (this.app, this.script) = (app, script);

    public Uri Url => new UriBuilder(app.Urls.Single()) { Scheme = "ws" }.Uri;

    public int Connections => Volatile.Read(ref connections);

    /// <summary>Starts it; when a script returns, its connection ends.</summary>
    public static async Task<ScriptedRelay> StartAsync(Func<ScriptedRelay, WebSocket, Task> script)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var relay = new ScriptedRelay(builder.Build(), script);
        relay.app.UseWebSockets();
        relay.app.Run(relay.TalkAsync);
        await relay.app.StartAsync();
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task TalkAsync(HttpContext context)
    {
        Interlocked.Increment(ref connections);
        using var client = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            await script(this, client);
        }
        catch (WebSocketException)
        {
            // The client left: the end of most scripts.
        }
    }
}

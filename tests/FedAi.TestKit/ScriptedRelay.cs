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
    private int documentsRead;

    private ScriptedRelay(WebApplication app, Func<ScriptedRelay, WebSocket, Task> script) => (this.app, this.script) = (app, script);

    public Uri Url => new UriBuilder(app.Urls.Single()) { Scheme = "ws" }.Uri;

    public int Connections => Volatile.Read(ref connections);

    public int DocumentsRead => Volatile.Read(ref documentsRead);

    /// <summary>How the relay's NIP-11 document is served; by default there is none.</summary>
    public Func<HttpContext, Task> Document { get; set; } = context =>
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    };

    /// <summary>What the <c>Date</c> header of its answers says; null: the time.</summary>
    public DateTimeOffset? Date { get; set; }

    /// <summary>Starts it; when a script returns, its connection ends.</summary>
    public static async Task<ScriptedRelay> StartAsync(Func<ScriptedRelay, WebSocket, Task> script)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var relay = new ScriptedRelay(builder.Build(), script);
        relay.app.UseWebSockets();
        relay.app.Run(relay.AnswerAsync);
        await relay.app.StartAsync();
        return relay;
    }

    /// <summary>Serves this text as the NIP-11 document.</summary>
    public void SetDocument(string json) => Document = context => context.Response.WriteAsync(json);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (Date is { } date) context.Response.Headers.Date = date.ToString("r");
        if (!context.WebSockets.IsWebSocketRequest)
        {
            Interlocked.Increment(ref documentsRead);
            await Document(context);
            return;
        }

        Interlocked.Increment(ref connections);
        using var client = await context.WebSockets.AcceptWebSocketAsync();
        // What is sent to somebody who left vanishes without an error: a script that sends for ever would do so for as long as the process lives.
        await using var left = context.RequestAborted.Register(client.Abort);
        try
        {
            await script(this, client);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client left: the end of most scripts.
        }
    }
}

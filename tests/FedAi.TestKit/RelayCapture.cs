using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FedAi.TestKit;

/// <summary>Stands in front of a relay, passes every frame on in both directions and keeps a copy: all that a relay's operator could read.</summary>
internal sealed class RelayCapture : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Uri relay;
    private readonly ConcurrentQueue<byte[]> frames = new();

    private RelayCapture(WebApplication app, Uri relay) => (this.app, this.relay) = (app, relay);

    /// <summary>What clients connect to instead of the relay.</summary>
    public Uri Url => new UriBuilder(app.Urls.Single()) { Scheme = "ws", Path = relay.AbsolutePath }.Uri;

    public IReadOnlyCollection<byte[]> Frames => frames;

    public static async Task<RelayCapture> StartAsync(Uri relay)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var capture = new RelayCapture(builder.Build(), relay);
        capture.app.UseWebSockets();
        capture.app.Run(capture.PassAsync);
        await capture.app.StartAsync();
        return capture;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task PassAsync(HttpContext context)
    {
        using var client = await context.WebSockets.AcceptWebSocketAsync();
        using var upstream = new ClientWebSocket();
        await upstream.ConnectAsync(relay, context.RequestAborted);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        await Task.WhenAny(CopyAsync(client, upstream, either.Token), CopyAsync(upstream, client, either.Token));
        await either.CancelAsync();
    }

    private async Task CopyAsync(WebSocket from, WebSocket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        using var frame = new MemoryStream();
        while (true)
        {
            var part = await from.ReceiveAsync(buffer, cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close) return;
            frame.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                frames.Enqueue(frame.ToArray());
                frame.SetLength(0);
            }

            await to.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, cancellationToken);
        }
    }
}
